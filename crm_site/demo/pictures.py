"""Pictures and papers for the demo: a plain drawn photo, a page of PDF. Pure."""

import struct
import zlib

WIDTH, HEIGHT = 320, 240
PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def photo(tint: int) -> bytes:
    """Return a PNG of a wall under the sky with windows; ``tint`` chooses its colour."""
    wall = (150 + 37 * tint % 90, 140 + 53 * tint % 90, 130 + 71 * tint % 90)
    rows = b"".join(b"\0" + _row(line, wall) for line in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return PNG_HEAD + b"".join(_chunk(*part) for part in parts)


def _row(line: int, wall: tuple[int, int, int]) -> bytes:
    if line < HEIGHT // 4:
        return bytes((188, 210, 232)) * WIDTH
    if line % 40 < 18:
        return bytes(wall) * WIDTH
    return (bytes(wall) * 24 + bytes((70, 88, 104)) * 16) * (WIDTH // 40)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def paper(title: str) -> bytes:
    """Return a PDF of one empty page whose title is ``title``."""
    words = ("\ufeff" + title).encode("utf-16-be").hex().upper()
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        f"<< /Title <{words}> >>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    tail += f"trailer\n<< /Size {size} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + tail.encode("ascii")
