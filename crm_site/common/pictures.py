"""What a file says beside its picture is taken out before the picture is kept. Pure.

Cameras write place, time and owner into their files. Of a JPEG only the orientation is kept.
"""

import struct
from collections.abc import Iterator

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"),
    *(b"bKGD", b"pHYs"),
}
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_WEBP_METADATA = 0x0C  # flags of the extended header: EXIF and XMP
_SOS, _EOI = 0xDA, 0xD9
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
_APP, _COMMENT = range(0xE0, 0xF0), 0xFE
_ORIENTATION = 0x0112


class PictureError(ValueError):
    """The bytes are not the picture they claim to be."""


def picture_type(data: bytes) -> str:
    """Return the media type that the first bytes name; empty for anything that is no picture."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(_PNG_HEAD):
        return PNG
    return WEBP if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def without_metadata(data: bytes) -> bytes:
    """Return the picture without place, time, owner, thumbnails, comments and what follows it.

    Raise PictureError where the file is broken or of another kind.
    """
    clean = {JPEG: _clean_jpeg, PNG: _clean_png, WEBP: _clean_webp}.get(picture_type(data))
    if clean is None:
        raise PictureError("not a JPEG, PNG or WebP picture")
    try:
        return clean(data)
    except (IndexError, struct.error) as error:
        raise PictureError("the picture breaks off") from error


def _clean_jpeg(data: bytes) -> bytes:
    kept, turned = [], 0
    for marker, segment in _segments(data):
        body = segment[4:]
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            turned = turned or _orientation(body[6:])
        if _is_kept(marker, body):
            kept.append(segment)
    head = [_only_orientation(turned)] if turned else []
    return b"".join([b"\xff\xd8", *head, *kept, b"\xff\xd9"])


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each segment with its marker up to the end of the picture; what follows is left out."""
    place = 2
    while True:
        if data[place] != 0xFF:
            raise PictureError("a marker is missing")
        marker = data[place + 1]
        if marker == _EOI:
            return
        if marker == 0xFF:  # padding
            place += 1
            continue
        end = place + 2 if marker in _ALONE else _segment_end(data, place)
        if marker == _SOS:
            end = _scan_end(data, end)
        yield marker, data[place:end]
        place = end


def _segment_end(data: bytes, place: int) -> int:
    (length,) = struct.unpack(">H", data[place + 2 : place + 4])
    if length < 2 or place + 2 + length > len(data):
        raise PictureError("a segment is longer than the file")
    return int(place + 2 + length)


def _scan_end(data: bytes, place: int) -> int:
    """Return where the coded picture ends: at the first marker that is none of its own."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0:
            raise PictureError("the picture breaks off")
        if data[place + 1] != 0 and not 0xD0 <= data[place + 1] <= 0xD7:
            return place
        place += 2


def _is_kept(marker: int, body: bytes) -> bool:
    if marker == _COMMENT:
        return False
    if marker not in _APP:
        return True
    return marker in (0xE0, 0xEE) or (marker == 0xE2 and body.startswith(b"ICC_PROFILE\0"))


def _orientation(tiff: bytes) -> int:
    """Return how the camera was held, 1 to 8; 0 where the file does not say."""
    order = {b"MM": ">", b"II": "<"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for number in range(count):
            at = first + 2 + 12 * number
            tag, kind, _length, value = struct.unpack_from(f"{order}HHIH", tiff, at)
            if tag == _ORIENTATION and kind == 3:
                return int(value) if 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _only_orientation(value: int) -> bytes:
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, value, 0)
    body = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _clean_png(data: bytes) -> bytes:
    kept, place = [_PNG_HEAD], len(_PNG_HEAD)
    while True:
        (length,) = struct.unpack_from(">I", data, place)
        name, end = data[place + 4 : place + 8], place + 12 + length
        if end > len(data):
            raise PictureError("a chunk is longer than the file")
        if name in _PNG_KEPT:
            kept.append(data[place:end])
        if name == b"IEND":
            return b"".join(kept)
        place = end


def _clean_webp(data: bytes) -> bytes:
    kept = b"".join(_webp_chunks(data))
    if not kept:
        raise PictureError("the picture is empty")
    return b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + kept


def _webp_chunks(data: bytes) -> Iterator[bytes]:
    (size,) = struct.unpack_from("<I", data, 4)
    place, last = 12, size + 8
    if last > len(data):
        raise PictureError("the picture breaks off")
    while place < last:
        (length,) = struct.unpack_from("<I", data, place + 4)
        name, end = data[place : place + 4], place + 8 + length + length % 2
        if place + 8 + length > last:
            raise PictureError("a chunk is longer than the file")
        chunk = bytearray(data[place:end])
        if name == b"VP8X":
            chunk[8] &= ~_WEBP_METADATA & 0xFF
        if name in _WEBP_KEPT:
            yield bytes(chunk)
        place = end
