"""Photos made safe to keep: told by their first bytes, freed of what the camera wrote. Pure.

Only what draws the picture is kept. Of JPEG pictures the way they are turned is kept too, as the
one entry of a new Exif block.
"""

import struct
import zlib
from enum import StrEnum

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP"}
PNG_KEPT |= {b"sBIT", b"bKGD", b"pHYs"}
WEBP_DROPPED = {b"EXIF", b"XMP "}
WEBP_EXIF_XMP = 0x0C  # bits of the flags in VP8X
JPEG_DROPPED = {*range(0xE1, 0xF0), 0xFE} - {
    0xE2,
    0xEE,
}  # colour profile and Adobe's transform stay
JPEG_MARK, JPEG_SCAN, JPEG_EXIF, LEAST_LENGTH = 0xFF, 0xDA, 0xE1, 2
ORIENTATION = 0x0112
SHORT = 3


class PhotoError(ValueError):
    """Not a photo that can be kept; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MediaType(StrEnum):
    """The kinds of pictures taken."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"


def clean_photo(data: bytes, *, limit: int) -> tuple[MediaType, bytes]:
    """Return kind and bytes of the picture without its metadata; raise PhotoError.

    ``limit`` is in bytes. The codes are ``empty``, ``too_large``, ``not_a_photo``, ``broken``.
    """
    if not data:
        raise PhotoError("empty")
    if len(data) > limit:
        raise PhotoError("too_large")
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return MediaType.JPEG, _jpeg(data)
        if data.startswith(PNG_START):
            return MediaType.PNG, _png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return MediaType.WEBP, _webp(data)
    except (struct.error, IndexError):
        raise PhotoError("broken") from None
    raise PhotoError("not_a_photo")


def _jpeg(data: bytes) -> bytes:
    """Copy the segments up to the picture itself, then the picture up to its end."""
    kept, place, turned = [], 2, 0
    marker = 0
    while marker != JPEG_SCAN:
        marker, segment = _segment(data, place)
        place += len(segment)
        if marker == JPEG_EXIF:
            turned = turned or _orientation(segment[4:])
        if marker not in JPEG_DROPPED:
            kept.append(segment)
    end = data.rfind(b"\xff\xd9")
    if end < place:
        raise PhotoError("broken")
    return b"".join([b"\xff\xd8", _exif_of(turned), *kept, data[place : end + 2]])


def _segment(data: bytes, place: int) -> tuple[int, bytes]:
    """Return marker and bytes of the segment that begins at ``place``."""
    marker = data[place + 1]
    (length,) = struct.unpack_from(">H", data, place + 2)
    segment = data[place : place + 2 + length]
    if data[place] != JPEG_MARK or length < LEAST_LENGTH or len(segment) != length + 2:
        raise PhotoError("broken")
    return marker, segment


def _orientation(block: bytes) -> int:
    """Return how an Exif block says the picture is turned, 2 to 8; else 0."""
    if not block.startswith(b"Exif\0\0"):
        return 0
    tiff = block[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for entry in range(min(count, 200)):
            tag, kind, _many, value = struct.unpack_from(
                f"{order}HHIH", tiff, start + 2 + 12 * entry
            )
            if tag == ORIENTATION and kind == SHORT:
                return value if 2 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _exif_of(turned: int) -> bytes:
    if not turned:
        return b""
    entry = struct.pack(">HHIHH", ORIENTATION, SHORT, 1, turned, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    block = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block


def _png(data: bytes) -> bytes:
    kept, place = [PNG_START], len(PNG_START)
    while True:
        length, kind = struct.unpack_from(">I4s", data, place)
        chunk = data[place : place + 12 + length]
        if len(chunk) != length + 12:
            raise PhotoError("broken")
        (told,) = struct.unpack_from(">I", chunk, 8 + length)
        if zlib.crc32(chunk[4 : 8 + length]) != told:
            raise PhotoError("broken")
        if kind in PNG_KEPT:
            kept.append(chunk)
        place += 12 + length
        if kind == b"IEND":
            return b"".join(kept)


def _webp(data: bytes) -> bytes:
    (told,) = struct.unpack_from("<I", data, 4)
    if told + 8 > len(data):
        raise PhotoError("broken")
    kept, place, end = [b"WEBP"], 12, told + 8
    while place < end:
        kind, length = struct.unpack_from("<4sI", data, place)
        chunk = bytearray(data[place : place + 8 + length + length % 2])
        if len(chunk) < length + 8:
            raise PhotoError("broken")
        if kind == b"VP8X":
            chunk[8] &= ~WEBP_EXIF_XMP & 0xFF
        if kind not in WEBP_DROPPED:
            kept.append(bytes(chunk))
        place += len(chunk)
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
