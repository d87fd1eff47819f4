"""What becomes of a file that somebody sends as a photo."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from providers import pictures
from providers.pictures import BadPicture, Picture
from tests.providers import picture_files


def read(data: bytes) -> Picture:
    return pictures.read(BytesIO(data), len(data))


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_kinds_become_webp_in_two_sizes(kind: str) -> None:
    made = read(picture_files.photo(kind, (2400, 1200)))
    large, small = opened(made.large), opened(made.small)
    assert large.format == small.format == "WEBP"
    assert (made.width, made.height) == large.size == (1600, 800)
    assert small.size == (640, 320)
    assert len(made.digest) == 64


def test_a_small_picture_is_not_made_larger() -> None:
    made = read(picture_files.photo(size=(300, 500)))
    assert opened(made.large).size == opened(made.small).size == (300, 500)


def test_it_is_turned_upright_and_free_of_notes() -> None:
    sent = picture_files.with_notes()
    assert picture_files.PLACE in sent
    made = read(sent)
    assert (made.width, made.height) == (200, 400)
    for data in (made.large, made.small):
        assert picture_files.PLACE not in data
        assert b"EXIF" not in data
        assert b"ICCP" not in data
        assert not opened(data).getexif()
        assert "icc_profile" not in opened(data).info


def test_nothing_hides_behind_the_end() -> None:
    made = read(picture_files.polyglot())
    for data in (made.large, made.small):
        assert b"script" not in data
        assert b"evil" not in data


def test_of_what_moves_the_first_frame_stays() -> None:
    made = opened(read(picture_files.animated()).large)
    assert getattr(made, "n_frames", 1) == 1
    red, green, blue = made.convert("RGB").getpixel((32, 32))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "I;16"])
def test_every_kind_of_pixel_is_read(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (40, 30)).save(out, "PNG")
    assert opened(read(out.getvalue()).large).mode == "RGB"


def test_cmyk_as_printers_send_it_is_read() -> None:
    out = BytesIO()
    Image.new("CMYK", (40, 30)).save(out, "JPEG")
    assert read(out.getvalue()).width == 40


def test_what_one_could_see_through_is_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(out, "PNG")
    assert min(opened(read(out.getvalue()).large).convert("L").tobytes()) > 250


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", pictures.NOT_A_PICTURE),
        (b"GIF89a" + b"\0" * 50, pictures.NOT_A_PICTURE),
        (picture_files.photo("GIF"), pictures.NOT_A_PICTURE),
        (picture_files.photo("TIFF"), pictures.NOT_A_PICTURE),
        (picture_files.photo("BMP"), pictures.NOT_A_PICTURE),
        (picture_files.HTML, pictures.NOT_A_PICTURE),
        (b"%PDF-1.7 hello", pictures.NOT_A_PICTURE),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", pictures.NOT_A_PICTURE),
        (picture_files.SVG, pictures.SVG),
        (picture_files.HEIC, pictures.HEIC),
        (picture_files.bomb(), pictures.TOO_MANY_PIXELS),
        (picture_files.bomb(10_000, 9_000), pictures.TOO_MANY_PIXELS),
        (picture_files.bomb(8_000, 7_000), pictures.TOO_MANY_PIXELS),
        (picture_files.bomb(400, 300), pictures.BROKEN),
        (picture_files.photo(size=(800, 800))[:900], pictures.BROKEN),
        (picture_files.photo("PNG")[:-30], pictures.BROKEN),
        (b"\xff\xd8\xff" + b"\0" * 500, pictures.BROKEN),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, pictures.BROKEN),
    ],
    ids=lambda value: value[:12].decode("latin-1") if isinstance(value, bytes) else "",
)
def test_what_cannot_be_a_photo_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(BadPicture) as refused:
        read(data)
    assert str(refused.value) == words


def test_size_is_judged_before_anything_is_read() -> None:
    with pytest.raises(BadPicture, match="larger than 10 MB"):
        pictures.read(BytesIO(b""), 10_000_001)


@given(st.binary(max_size=300), st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 600))
def test_damage_anywhere_is_refused_or_harmless(noise: bytes, kind: str, where: int) -> None:
    whole = picture_files.photo(kind, (60, 40))
    damaged = whole[:where] + noise + whole[where + len(noise) :]
    try:
        made = read(damaged)
    except BadPicture:
        return
    assert opened(made.large).format == "WEBP"
