"""The door for evidence files (S5): known by their content, never by their name alone.

The portal keeps and hands out these files; so a file is judged by what its bytes are, and what
would run on a reader's machine stays outside. Only pictures are opened: a phone writes into them
where they were taken, which stays outside as well (D-8); all others are kept as they came.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePosixPath

from common.errors import ActionRefused
from common.exports import XLSX
from common.imports.door import MAX_BYTES, base_name
from supervision import photos

FIELD = "file"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
TYPES = {"pdf": PDF, "docx": DOCX, "xlsx": XLSX, "jpg": JPEG, "jpeg": JPEG, "png": PNG}
WORDS = "pdf、docx、xlsx、jpg、png"
MAX_PARTS = 2000
_MAIN_PART = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_ACTIVE = re.compile(r"vbaproject|vbadata|(^|/)(activex|macrosheets|customui)/", re.IGNORECASE)
_ACTIVE_TYPES = re.compile(rb"macroEnabled|vbaProject|activeX", re.IGNORECASE)
_TYPES_PART = "[Content_Types].xml"
_MAX_TYPES = 256 * 1024
# What a PDF reader would run or open by itself.
_PDF_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|OpenAction|AA)\b")


def judge(name: str, data: bytes) -> tuple[str, str]:
    """The name to keep, without any path, and the content type. Raises ActionRefused at `file`."""
    plain = base_name(name)
    ending = PurePosixPath(plain).suffix.removeprefix(".").lower()
    if not data:
        raise _refused("文件是空的，请重新选择")
    if len(data) > MAX_BYTES:
        raise _refused(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请压缩或分成几个文件")
    if ending not in TYPES or "\x00" in name:
        raise _refused(f"只接受 {WORDS} 文件")
    found = type_of(data)
    if found != TYPES[ending]:
        raise _refused(f"文件内容不是 {ending} 格式，请用原来的软件另存后再上传")
    return plain, found


def type_of(data: bytes) -> str:
    """The content type by the bytes; "" if it is none of those accepted. Raises ActionRefused."""
    if data.startswith(b"%PDF-"):
        if _PDF_ACTIVE.search(data):
            raise _refused("PDF 含有脚本、自动动作或附件，请打印为新的 PDF 后上传")
        return PDF
    if data.startswith(b"\xff\xd8\xff") and data.rstrip(b"\x00").endswith(b"\xff\xd9"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return PNG
    return _office(data) if data.startswith(b"PK\x03\x04") else ""


def to_keep(data: bytes, content_type: str) -> bytes:
    """The bytes to keep of a judged file: pictures drawn anew. Raises ActionRefused at `file`."""
    if content_type not in (JPEG, PNG):
        return data
    try:
        return photos.cleaned(data)
    except ActionRefused as refused:
        raise _refused(str(refused)) from refused


def _office(data: bytes) -> str:
    """docx or xlsx by the parts that the zip lists; nothing but the list of types is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = book.infolist()
            names = {part.filename for part in parts}
            types = _types_part(book) if _TYPES_PART in names else b""
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        raise _refused("文件已损坏或加了密码，打不开，请另存后上传") from error
    if len(parts) > MAX_PARTS or len(names) != len(parts):
        raise _refused("文件结构异常，请另存后上传")
    if any(_ACTIVE.search(each) for each in names) or _ACTIVE_TYPES.search(types):
        raise _refused("文件含有宏或控件，请另存为不含宏的文件后上传")
    kinds = {kind for part, kind in _MAIN_PART.items() if part in names}
    return kinds.pop() if types and len(kinds) == 1 else ""


def _types_part(book: zipfile.ZipFile) -> bytes:
    with book.open(_TYPES_PART) as stream:
        return stream.read(_MAX_TYPES)


def _refused(words: str) -> ActionRefused:
    return ActionRefused({FIELD: [words]})
