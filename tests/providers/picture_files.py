"""Pictures for tests, good ones and hostile ones, made on the spot."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

PLACE = b"53.8008 N 1.5491 W"


def photo(
    kind: str = "JPEG",
    size: tuple[int, int] = (400, 300),
    colour: str = "teal",
    mode: str = "RGB",
    **options: Any,
) -> bytes:
    """A picture of one colour."""
    out = BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def with_notes() -> bytes:
    """A JPEG held sideways, with where it was taken in its notes, its comment and its profile."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = PLACE.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return photo(size=(400, 200), exif=exif.tobytes(), comment=PLACE, icc_profile=PLACE * 10)


def animated() -> bytes:
    """A WebP of two frames: the first is red."""
    out = BytesIO()
    first, second = (Image.new("RGB", (64, 64), colour) for colour in ("red", "blue"))
    first.save(out, "WEBP", save_all=True, append_images=[second], lossless=True)
    return out.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few hundred bytes that would take gigabytes when decoded."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def polyglot() -> bytes:
    """A true JPEG with a page and a program behind its end."""
    return photo() + b"<html><script>alert(1)</script></html>" + b"PK\x03\x04evil.zip"


SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)
HTML = b"<!doctype html><script>alert(1)</script>"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100
