"""Pictures that people send: decoded, turned upright, made smaller, and written anew by us.

What a file is, its pixels say: neither its name nor what the browser calls it is looked at. Nothing
of the file itself is kept, so whatever hides in one (places, names, a script) ends here.
"""

import hashlib
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.conf import settings
from PIL import Image, ImageOps

from providers.models.photo import LARGE, SMALL

MOST_PIXELS = 50_000_000
"""More than any telephone's camera makes; decoded they take about 200 MB for a moment."""

FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 80

TOO_LARGE = (
    "This file is larger than 10 MB. Choose a smaller one, or send the photo to yourself in "
    "“medium” size first."
)
TOO_MANY_PIXELS = "This picture has more than 50 million pixels. Make it smaller first."
NOT_A_PICTURE = "This is not a photo that we can read. Send a JPEG, PNG or WebP file."
BROKEN = "This file is damaged or incomplete. Choose the photo again, or another one."
SVG = "This is a drawing (SVG), which can hold programs. Save it as PNG first."
HEIC = (
    "This is a HEIC photo, which most browsers cannot show. Save it as JPEG first. On an iPhone: "
    "Settings, Camera, Formats, Most Compatible."
)
# What decoders raise for files made to upset them.
_UPSET = (
    ArithmeticError, EOFError, LookupError, OSError, SyntaxError, TypeError, ValueError,
    struct.error, zlib.error,
)  # fmt: skip


class BadPicture(ValueError):
    """What was sent cannot become a photo; the words say why, for people."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Two sizes as WebP; width and height are of the large one."""

    large: bytes
    small: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.large).hexdigest()


def read(file: IO[bytes], size: int) -> Picture:
    """Make a picture of what was sent, of ``size`` bytes. Raises BadPicture.

    The first frame of what moves. The size in pixels is read, and judged, before any is decoded.
    """
    if size > settings.FILE_MOST_BYTES:
        raise BadPicture(TOO_LARGE)
    try:
        image = Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise BadPicture(TOO_MANY_PIXELS) from bomb
    except _UPSET as upset:
        raise BadPicture(_what_it_is(file)) from upset
    with image:
        if image.width * image.height > MOST_PIXELS:
            raise BadPicture(TOO_MANY_PIXELS)
        try:
            upright = _upright(image)
        except _UPSET as upset:
            raise BadPicture(BROKEN) from upset
    upright.thumbnail((LARGE, LARGE))
    width, height = upright.size
    large = _written(upright)
    upright.thumbnail((SMALL, SMALL))
    return Picture(large=large, small=_written(upright), width=width, height=height)


def _upright(image: Image.Image) -> Image.Image:
    """Its pixels, decoded, turned as the camera was held, without anything else."""
    # A JPEG is decoded at about the size that is needed: less memory, and quicker.
    image.draft("RGB", (LARGE, LARGE))
    image.load()
    try:
        turned = ImageOps.exif_transpose(image)
    except _UPSET:  # a camera's notes are not worth refusing its photo for
        turned = image
    if turned.has_transparency_data:
        flat = Image.new("RGB", turned.size, "white")
        cut_out = turned.convert("RGBA")
        flat.paste(cut_out, mask=cut_out)
        return flat
    plain = turned.convert("RGB")
    plain.info.clear()
    return plain


def _written(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _what_it_is(file: IO[bytes]) -> str:
    """Why it cannot be read, as far as its beginning tells."""
    file.seek(0)
    start = file.read(1024)
    if start[4:8] == b"ftyp" and start[8:12] in {b"heic", b"heix", b"hevc", b"mif1", b"msf1"}:
        return HEIC
    if b"<svg" in start.lower():
        return SVG
    if start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return BROKEN
    return NOT_A_PICTURE
