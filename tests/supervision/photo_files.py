"""Files sent as photos that nobody should be able to send, and odd ones that are photos (S5)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image

SCRIPT = b"<script>alert(1)</script>"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
MB = 1024 * 1024


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object
) -> bytes:
    """A photo's bytes, red on its left half."""
    image = Image.new(mode, size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    """A zip of one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(name, content)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """One part of a PNG."""
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A PNG whose header says so much, whatever follows."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return PNG_HEAD + head + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def jpeg(width: int, height: int, **options: object) -> bytes:
    """A JPEG whose frame says so much."""
    data = bytearray(picture("JPEG", **options))
    marker = b"\xff\xc2" if options.get("progressive") else b"\xff\xc0"
    place = data.index(marker) + 5
    data[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def webp(width: int, height: int) -> bytes:
    """A lossless WebP whose header says so much."""
    data = bytearray(picture("WEBP", lossless=True))
    place = data.index(b"VP8L") + 9
    bits = int.from_bytes(data[place : place + 4], "little") >> 28 << 28
    data[place : place + 4] = (bits | height - 1 << 14 | width - 1).to_bytes(4, "little")
    return bytes(data)


def iso(brand: bytes) -> bytes:
    """The head of a file of that brand, as cameras write it."""
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x00\x00mif1" + b"\x00" * 64


def text_bomb() -> bytes:
    """A PNG with 100 MB of packed text."""
    text = b"Comment\x00\x00" + zlib.compress(b"\x00" * 100 * MB)
    whole = picture("PNG")
    return whole[:33] + chunk(b"zTXt", text) + whole[33:]


def profile_bomb() -> bytes:
    """A PNG with 100 MB of packed colour profile."""
    profile = b"p\x00\x00" + zlib.compress(b"\x00" * 100 * MB)
    whole = picture("PNG")
    return whole[:33] + chunk(b"iCCP", profile) + whole[33:]


_PLAIN = {
    "html": b"<!doctype html><html>" + SCRIPT,
    "html with a mark of order": b"\xef\xbb\xbf<html>" + SCRIPT,
    "html in utf-16": "<html><script>alert(1)</script>".encode("utf-16"),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "svg with a declaration": b"<?xml version='1.0'?><svg onload='alert(1)'/>",
    "xml of a billion laughs": b"<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><l>&b;</l>",
    "xhtml": b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
    "script": b"alert(document.cookie)",
    "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run",
    "zip": zipped("a.jpg", picture()),
    "nested zip": zipped("a.zip", zipped("b.zip", b"0" * MB)),
    "workbook": zipped("xl/workbook.xml", b"<x/>"),
    "eicar": EICAR,
    "windows program": b"MZ\x90\x00" + b"\x00" * 64,
    "linux program": b"\x7fELF\x02\x01\x01" + b"\x00" * 64,
    "shell script": b"#!/bin/sh\nid\n",
    "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 20,
    "null bytes": b"\x00" * 100,
    "one byte": b"\xff",
    "gif": picture("GIF"),
    "bmp": picture("BMP"),
    "tiff": picture("TIFF"),
    "icon": picture("ICO"),
    "jpeg 2000": b"\x00\x00\x00\x0cjP  \r\n\x87\n" + b"\x00" * 40,
    "photoshop": b"8BPS\x00\x01" + b"\x00" * 40,
    "film in riff": b"RIFF\x24\x00\x00\x00AVI LIST" + b"\x00" * 40,
    "film": iso(b"isom"),
    "heic": iso(b"heic"),
    "heif sequence": iso(b"hevc"),
    "avif": iso(b"avif"),
    "webp cut off": picture("WEBP")[:40],
    "jpeg cut off": picture()[:300],
    "png cut off": picture("PNG")[:60],
    "jpeg of html": b"\xff\xd8\xff\xe0" + SCRIPT * 20,
    "png of html": PNG_HEAD + SCRIPT * 20,
    "webp of svg": b"RIFF\x40\x00\x00\x00WEBP<svg onload='alert(1)'/>" + b"\x00" * 40,
    "png behind another": b"\x00" + picture("PNG"),
    "jpeg that starts late": b"\n" + picture(),
    "png without pixels": png(40, 20),
    "png of 300 million points": png(20_000, 15_000),
    "png one point high": png(2_000_000_000, 1),
    "jpeg of 300 million points": jpeg(20_000, 15_000),
    "progressive jpeg of 50 million": jpeg(7_000, 7_000, progressive=True),
    "webp of 100 million points": webp(10_000, 10_000),
}
HOSTILE: dict[str, Callable[[], bytes]] = {
    **{name: (lambda data=data: data) for name, data in _PLAIN.items()},
    "nothing": lambda: b"",
    "too large": lambda: picture() + b"\x00" * 10 * MB,
    "packed text": text_bomb,
    "packed profile": profile_bomb,
}
# Photos that carry something else along: they come in, what they carry stays outside.
CARRYING: dict[str, Callable[[], bytes]] = {
    "html behind a jpeg": lambda: picture() + SCRIPT,
    "html in a jpeg's comment": lambda: picture(comment=SCRIPT),
    "html in xmp": lambda: picture(xmp=SCRIPT),
    "zip behind a png": lambda: picture("PNG") + zipped("a.html", SCRIPT) + SCRIPT,
    "html in a png's text": lambda: (
        picture("PNG")[:33] + chunk(b"tEXt", b"Comment\x00" + SCRIPT) + picture("PNG")[33:]
    ),
    "html behind a webp": lambda: picture("WEBP") + SCRIPT,
}
