"""The door for photos (S5): known by their content, opened with bounds, written anew.

What is kept is a picture of our own making: upright, of bounded size, without any metadata, so
neither the place nor the camera nor an embedded thumbnail of the taken photo reaches the portal.
Pictures among the evidence of a rectification go the same way, but stay of their kind and legible.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable

from PIL import Image, ImageOps

from common.errors import ActionRefused
from common.imports.door import MAX_BYTES

FIELD = "photo"
TYPE = "image/jpeg"
MOST_SIDE = 2000
# A picture of evidence may be a scanned page or a long screenshot: its points are bounded, no side.
MOST_KEPT = 8_000_000
# So many points may a file claim, by its kind: what a decoder needs for them stays below 150 MB
# (S5). A plain JPEG is decoded line by line and no larger than needed; a JPEG of several scans
# is kept whole while it is decoded, and a WebP several times.
MOST_POINTS = {"JPEG": 60_000_000, "PNG": 12_000_000, "WEBP": 7_000_000}
MOST_POINTS_SCANNED = 10_000_000
QUALITY = 85
MOST_OF_ITEM = 9
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
# Markers of a JPEG: the frames, of which two are decoded line by line, and a scan.
_MARK, _SCAN = 0xFF, 0xDA
_FRAMES, _BASELINE = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}, {0xC0, 0xC1}


def sniff(data: bytes) -> str:
    """The decoder for these bytes. Raises ActionRefused at `photo` for anything else."""
    if not data:
        raise _refused("照片是空的，请重新选择")
    if len(data) > MAX_BYTES:
        raise _refused(f"照片超过 {MAX_BYTES // 1024 // 1024} MB，请压缩后再添加")
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        raise _refused("不支持 HEIC 照片，请在相机设置中改用“兼容性最佳”，或转为 JPG 后添加")
    raise _refused("只接受 JPG、PNG、WebP 照片")


def rewritten(data: bytes) -> bytes:
    """The photo as it is kept. Raises ActionRefused at `photo`."""
    kind = sniff(data)
    return _saved(data, kind, _side_share, "JPEG")


def cleaned(data: bytes) -> bytes:
    """A JPEG or PNG of evidence as it is kept, of its kind. Raises ActionRefused at `photo`."""
    kind = sniff(data)
    return _saved(data, kind, _area_share, kind)


def _side_share(width: int, height: int) -> float:
    """By how much a photo is made smaller: no side above MOST_SIDE."""
    return min(1.0, MOST_SIDE / max(width, height))


def _area_share(width: int, height: int) -> float:
    """By how much evidence is made smaller: no more than MOST_KEPT points."""
    return min(1.0, math.sqrt(MOST_KEPT / (width * height)))


def _saved(data: bytes, kind: str, share_of: Callable[[int, int], float], as_kind: str) -> bytes:
    try:
        with warnings.catch_warnings():
            # Pillow warns of what it finds odd in a file; a file that opens is not odd to us.
            warnings.simplefilter("ignore")
            return _drawn_anew(data, kind, share_of, as_kind)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise _refused("照片已损坏，打不开，请重新拍摄或另存后添加") from error


def _drawn_anew(
    data: bytes, kind: str, share_of: Callable[[int, int], float], as_kind: str
) -> bytes:
    with Image.open(io.BytesIO(data), formats=[kind]) as image:
        width, height = image.size  # of the header: nothing is decoded yet
        most = MOST_POINTS_SCANNED if kind == "JPEG" and _scanned(data) else MOST_POINTS[kind]
        if width * height > most:
            raise _refused(f"照片过大（{width} × {height}），请缩小后添加")
        # A JPEG is decoded no larger than needed, whatever its shape.
        share = share_of(width, height)
        size = max(1, int(width * share)), max(1, int(height * share))
        image.draft("RGB", size)
        upright = ImageOps.exif_transpose(_small(image, size))
        plain = Image.new("RGB", upright.size, "white")
        # Pixels alone are carried over; comments, profiles and tags stay with the old image.
        clear = upright.convert("RGBA")
        plain.paste(clear, mask=clear.getchannel("A"))
    out = io.BytesIO()
    plain.save(out, as_kind, quality=QUALITY, optimize=as_kind == "JPEG")
    return out.getvalue()


def _small(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """No larger than a size; what its tags say of its position stays."""
    if image.mode in ("1", "P", "PA"):  # points of a palette cannot be mixed
        tags = image.getexif()
        image = image.convert("RGBA")
        image.getexif().update(tags)
    image.thumbnail(size)
    return image


def _scanned(data: bytes) -> bool:
    """Whether a JPEG's first scan leaves something to a later one.

    Progressive files do, and those that hold one colour after the other.
    """
    place, colours = 2, 0
    while place + 4 <= len(data) and data[place] == _MARK:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker in _FRAMES:
            if marker not in _BASELINE:
                return True
            colours = data[place + 9] if place + 9 < len(data) else 0
        if marker == _SCAN:
            return place + 4 < len(data) and data[place + 4] < colours
        place += 2 + length
    return True


def _refused(words: str) -> ActionRefused:
    return ActionRefused({FIELD: [words]})
