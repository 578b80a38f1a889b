"""The door of uploads (S5): what may come in at all, judged before anything reads it.

A workbook is a zip of XML. Everything is looked at with bounds: size of the file, number and sizes
of its parts as declared and as really unpacked, declarations that would make a parser grow, cells
far out that would make a reader build an empty plain. Refusals say what to do instead.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePosixPath, PureWindowsPath

from common.imports.cells import check_sheet
from common.imports.refusal import COPY_VALUES, SAVE_AS, FileRefused
from common.imports.relations import check_relations

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_PARTS = 200
MAX_NAME = 100
CHUNK = 256 * 1024
NEEDED = ("[Content_Types].xml", "xl/workbook.xml")

_ACTIVE = re.compile(
    r"vbaproject|vbadata|(^|/)(activex|embeddings|externallinks|ctrlprops|macrosheets|dialogsheets"
    r"|customui|webextensions)/|(^|/)(connections|customdata)\.|querytable",
    re.IGNORECASE,
)
_ACTIVE_TYPES = re.compile(
    rb"macroEnabled|vbaProject|activeX|oleObject|externalLink", re.IGNORECASE
)
_DECLARED = re.compile(rb"<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']*)""", re.IGNORECASE)


def base_name(name: str) -> str:
    """The file's name without any path, control characters gone, shortened for keeping."""
    plain = PureWindowsPath(PurePosixPath(name.replace("\x00", "")).name).name
    plain = "".join(c for c in plain if c.isprintable()).strip()
    return plain if len(plain) <= MAX_NAME else f"…{plain[1 - MAX_NAME :]}"


def check_outside(name: str, data: bytes) -> None:
    """Name, size, magic bytes and the zip's own list of parts: cheap, done in the request.

    Raises FileRefused.
    """
    if not data:
        raise FileRefused("文件是空的，请选择填写好的工作簿")
    if len(data) > MAX_BYTES:
        raise FileRefused(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请分几次上传")
    if not base_name(name).lower().endswith(".xlsx") or "\x00" in name:
        raise FileRefused(f"只接受 .xlsx 工作簿。{SAVE_AS}")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(f"这是旧版 .xls 或加了密码的工作簿。{SAVE_AS}，不要设打开密码")
    if not data.startswith(b"PK\x03\x04"):
        raise FileRefused(f"文件内容不是 .xlsx 工作簿。{SAVE_AS}")
    with _opened(data) as book:
        _check_parts(book, data)


def check_inside(data: bytes) -> None:
    """Unpack every part within bounds and look into the XML; done where time does not matter.

    Raises FileRefused.
    """
    unpacked = 0
    with _opened(data) as book:
        _check_parts(book, data)
        for part in book.infolist():
            content = _unpacked(book, part, MAX_UNPACKED - unpacked)
            unpacked += len(content)
            _check_content(_plain(part.filename), content)


def unpacked_size(data: bytes) -> int:
    """How large the parts are together, as the zip's list says. Raises FileRefused."""
    with _opened(data) as book:
        return sum(part.file_size for part in book.infolist())


def _plain(name: str) -> str:
    """A part's name as readers compare it."""
    return name.replace("\\", "/").lower()


def _check_content(name: str, content: bytes) -> None:
    """Look into one part by what it is; name: as `_plain` gives it."""
    if name.endswith((".xml", ".rels", ".vml")):
        _check_xml(content)
    described = name == "[content_types].xml" or name.endswith(".rels")
    if described and _ACTIVE_TYPES.search(content):
        raise FileRefused(f"工作簿含有宏、外部链接或嵌入对象。{COPY_VALUES}")
    check_relations(name, content)
    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
        check_sheet(content)


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise FileRefused(f"文件已损坏，打不开。{SAVE_AS}") from error


def _check_parts(book: zipfile.ZipFile, data: bytes) -> None:
    """The zip's directory: what its parts are called, what they are, and that nothing hides."""
    _check_names([part.filename for part in book.infolist()])
    if sum(part.file_size for part in book.infolist()) > MAX_UNPACKED:
        raise FileRefused(f"文件展开后过大。{COPY_VALUES}")
    for part in book.infolist():
        _check_part(part)
    if _hides_something(book, data):
        raise FileRefused(f"文件结构异常。{SAVE_AS}")


def _check_names(names: list[str]) -> None:
    if len(names) > MAX_PARTS or len({_plain(name) for name in names}) != len(names):
        raise FileRefused(f"文件结构异常。{SAVE_AS}")
    if missing := [name for name in NEEDED if name not in names]:
        raise FileRefused(f"文件内容不是 .xlsx 工作簿（缺 {missing[0]}）。{SAVE_AS}")
    if any(_ACTIVE.search(name) for name in names):
        raise FileRefused(f"工作簿含有宏、外部链接或嵌入对象。{COPY_VALUES}")


def _hides_something(book: zipfile.ZipFile, data: bytes) -> bool:
    """Whether bytes stand before, between or behind the parts, or parts overlap.

    Parts that overlap unpack the same bytes many times over.
    """
    parts = sorted(book.infolist(), key=lambda part: part.header_offset)
    ends = [part.header_offset + 30 + part.compress_size for part in parts]
    overlap = any(end > part.header_offset for end, part in zip(ends, parts[1:], strict=False))
    ends_cleanly = not book.comment and data[-22:].startswith(b"PK\x05\x06")
    return overlap or parts[0].header_offset != 0 or not ends_cleanly


def _check_part(part: zipfile.ZipInfo) -> None:
    name = part.filename
    outside = name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name
    if outside or "\x00" in part.orig_filename or part.flag_bits & 0x1:
        raise FileRefused(f"文件结构异常或加了密码。{SAVE_AS}")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused(f"文件的压缩方式不受支持。{SAVE_AS}")
    if name.lower().endswith((".zip", ".xlsx", ".xls", ".doc", ".docx", ".exe", ".js", ".svg")):
        raise FileRefused(f"工作簿里嵌有其他文件。{COPY_VALUES}")


def _unpacked(book: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> bytes:
    """A part's bytes; the checksum proves that the declared size is the real one."""
    pieces, size = [], 0
    try:
        with book.open(part) as stream:
            while piece := stream.read(CHUNK):
                size += len(piece)
                if size > left:
                    raise FileRefused(f"文件展开后过大。{COPY_VALUES}")
                pieces.append(piece)
    except FileRefused:
        raise
    except Exception as error:  # whatever zlib or zipfile meets in a forged part
        raise FileRefused(f"文件已损坏，打不开。{SAVE_AS}") from error
    return b"".join(pieces)


def _check_xml(content: bytes) -> None:
    """UTF-8 without declarations of its own: nothing that makes a parser grow or reach out."""
    encoding = _ENCODING.match(content.removeprefix(b"\xef\xbb\xbf")[:200])
    known = encoding is None or encoding[1].lower() in (b"utf-8", b"us-ascii", b"ascii")
    if b"\x00" in content or not known or _DECLARED.search(content):
        raise FileRefused(f"文件含有不允许的声明或编码。{SAVE_AS}")
