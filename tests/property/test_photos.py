"""Photos keep what draws them and lose what the camera wrote."""

import struct

import pytest

from customers.property.photos import MediaType, PhotoError, clean_photo
from tests.property.conftest import chunk, png

LIMIT = 1 << 20
SCAN = b"\xff\xda\x00\x04\x01\x02picture\xff\xd9"


def exif(turned: int, order: str = "<") -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0)
    entries += struct.pack(f"{order}HHII", 0x8825, 4, 1, 99)  # where it was taken
    tiff = mark + struct.pack(f"{order}IH", 8, 2) + entries + b"GPS 30.25 120.16"
    block = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block


def jpeg(*segments: bytes) -> bytes:
    quant = b"\xff\xdb\x00\x05\x00\x01\x02"
    return b"\xff\xd8" + b"".join(segments) + quant + SCAN


def webp(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def riff(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_jpeg_loses_place_and_camera_but_not_how_it_is_turned(order: str) -> None:
    comment = b"\xff\xfe\x00\x09by Lin!"
    kind, kept = clean_photo(jpeg(exif(6, order), comment) + b"trailing secret", limit=LIMIT)
    assert kind is MediaType.JPEG
    for secret in (b"GPS", b"Lin", b"secret"):
        assert secret not in kept
    assert kept.startswith(b"\xff\xd8\xff\xe1")
    assert kept.endswith(SCAN)
    again = clean_photo(kept, limit=LIMIT)[1]
    assert again == kept


def test_an_upright_jpeg_has_no_exif_left() -> None:
    assert clean_photo(jpeg(exif(1)), limit=LIMIT)[1] == jpeg()


def test_a_png_keeps_its_points_and_loses_its_text() -> None:
    text = chunk(b"tEXt", b"Author\0Lin") + chunk(b"eXIf", b"II*\0GPS")
    assert clean_photo(png(text), limit=LIMIT) == (MediaType.PNG, png())


def test_a_webp_loses_its_blocks_and_the_flags_that_name_them() -> None:
    head = riff(b"VP8X", bytes([0x1C]) + b"\0" * 9)
    picture = riff(b"VP8 ", b"picture")
    dirty = webp(head, picture, riff(b"EXIF", b"GPS"), riff(b"XMP ", b"Lin"))
    clean = webp(riff(b"VP8X", bytes([0x10]) + b"\0" * 9), picture)
    assert clean_photo(dirty, limit=LIMIT) == (MediaType.WEBP, clean)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<svg onload=alert(1)>", "not_a_photo"),
        (b"GIF89a" + b"\0" * 40, "not_a_photo"),
        (b"%PDF-1.7", "not_a_photo"),
        (png()[:40], "broken"),
        (png().replace(b"IDAT", b"IDAX"), "broken"),
        (jpeg()[:-2], "broken"),
        (b"\xff\xd8\xff", "broken"),
        (jpeg()[:5], "broken"),
        (webp(riff(b"VP8 ", b"picture"))[:-4], "broken"),
        (png() + b"\0" * LIMIT, "too_large"),
    ],
)
def test_what_is_no_photo_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(PhotoError) as refusal:
        clean_photo(data, limit=LIMIT)
    assert refusal.value.code == code
