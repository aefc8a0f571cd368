"""What a camera writes into a file besides the picture does not survive."""

import struct
import zlib

import pytest

from crm_site.common.grams import all_of, asked_words, pieces
from crm_site.common.pictures import JPEG, PNG, WEBP, PictureError, picture_type, without_metadata

PLACE = b"GPS 31.2304N 121.4737E"


def exif(orientation: int) -> bytes:
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + entries + struct.pack("<I", 0) + PLACE
    return b"Exif\0\0" + tiff


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(orientation: int = 6) -> bytes:
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
        + segment(0xE1, exif(orientation))
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE)
        + segment(0xED, PLACE)
        + segment(0xFE, PLACE)
        + segment(0xDB, b"\0" * 65)
        + segment(0xDA, b"\1\1\0\0\x3f\0")
        + b"\x12\xff\x00\x34\xff\xd0\x56"
        + b"\xff\xd9"
        + PLACE
    )


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png() -> bytes:
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    notes = chunk(b"tEXt", PLACE) + chunk(b"eXIf", exif(1)[6:])
    return head + notes + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"") + PLACE


def riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def webp() -> bytes:
    extended = riff(b"VP8X", bytes([0x2C]) + b"\0" * 9)
    body = extended + riff(b"VP8 ", b"\1\2\3") + riff(b"EXIF", exif(1)) + riff(b"XMP ", PLACE)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


@pytest.mark.parametrize(("make", "kind"), [(jpeg, JPEG), (png, PNG), (webp, WEBP)])
def test_place_and_time_are_gone_and_the_picture_stays(make, kind) -> None:
    clean = without_metadata(make())
    assert picture_type(clean) == kind
    assert PLACE not in clean
    assert without_metadata(clean) == clean


def test_a_jpeg_keeps_its_picture_and_how_the_camera_was_held() -> None:
    clean = without_metadata(jpeg(6))
    assert clean.endswith(b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd9")
    assert clean.count(b"Exif") == 1
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in clean
    assert b"Exif" not in without_metadata(jpeg(0))


def test_an_extended_webp_no_longer_announces_metadata() -> None:
    clean = without_metadata(webp())
    assert clean[20] == 0x20
    assert struct.unpack("<I", clean[4:8])[0] == len(clean) - 8


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg onload=alert(1)>",
        b"%PDF-1.7",
        b"\xff\xd8\xff\xe1",
        jpeg()[:-40],
        png()[:60],
        webp()[:-4],
        b"RIFF\x04\0\0\0WEBP",
        b"\xff\xd8\xff\xe1\0\0",
    ],
)
def test_a_broken_or_foreign_file_is_refused(data) -> None:
    with pytest.raises(PictureError):
        without_metadata(data)


def test_grams_find_part_of_a_chinese_sentence() -> None:
    held = pieces("延期交房 统一口径")
    assert {"延", "延期", "交房", "口径"} <= held
    assert "房统" not in held
    assert all_of(asked_words("交房 径")) == "'交房' & '径'"
    assert all_of(["a'b"]) == "'a''' & '''b'"
