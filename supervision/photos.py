"""The door for photos (S5): known by their content, opened with bounds, written anew.

What is kept is a picture of our own making: upright, of bounded size, without any metadata, so
neither the place nor the camera nor an embedded thumbnail of the taken photo reaches the portal.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from common.errors import ActionRefused
from common.imports.door import MAX_BYTES

FIELD = "photo"
TYPE = "image/jpeg"
MOST_SIDE = 2000
# A telephone's largest photos have some 50 million points; more is an attack on memory.
MOST_POINTS = 60_000_000
QUALITY = 85
MOST_OF_ITEM = 9
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


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
    try:
        with warnings.catch_warnings():
            # Pillow warns of what it finds odd in a file; a file that opens is not odd to us.
            warnings.simplefilter("ignore")
            return _drawn_anew(data, kind)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise _refused("照片已损坏，打不开，请重新拍摄或另存后添加") from error


def _drawn_anew(data: bytes, kind: str) -> bytes:
    with Image.open(io.BytesIO(data), formats=[kind]) as image:
        width, height = image.size  # of the header: nothing is decoded yet
        if width * height > MOST_POINTS:
            raise _refused(f"照片过大（{width} × {height}），请缩小后添加")
        # A JPEG is decoded no larger than needed.
        image.draft("RGB", (MOST_SIDE, MOST_SIDE))
        upright = ImageOps.exif_transpose(image)
        plain = Image.new("RGB", upright.size, "white")
        # Pixels alone are carried over; comments, profiles and tags stay with the old image.
        clear = upright.convert("RGBA")
        plain.paste(clear, mask=clear.getchannel("A"))
    plain.thumbnail((MOST_SIDE, MOST_SIDE))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _refused(words: str) -> ActionRefused:
    return ActionRefused({FIELD: [words]})
