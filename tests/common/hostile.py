"""Files that nobody should be able to send: each made here, none kept (S5)."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

from tests.factories.members import HEADS, workbook

ROW = ("周某某", "1971-09", "1999-12", "2000-12", "本学会")
GOOD = workbook([ROW])
SHEET = "xl/worksheets/sheet1.xml"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCRIPT = b"<script>alert(1)</script>"
MB = 1024 * 1024


def parts(data: bytes = GOOD) -> dict[str, bytes]:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {name: book.read(name) for name in book.namelist()}


def zipped(found: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Parts as a workbook."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as book:
        for name, content in found.items():
            book.writestr(name, content)
    return file.getvalue()


def changed(**new: bytes) -> bytes:
    """The good workbook with parts replaced or added; `__` in a name stands for `/`, `_x` for .x"""
    return zipped(parts() | {name.replace("__", "/"): content for name, content in new.items()})


def with_part(name: str, content: bytes = b"x") -> bytes:
    """The good workbook with one more part."""
    return zipped(parts() | {name: content})


def sheet(replace: tuple[bytes, bytes]) -> bytes:
    """The good workbook with something in its sheet replaced."""
    content = parts()[SHEET]
    assert replace[0] in content
    return with_part(SHEET, content.replace(*replace, 1))


def cells(xml: bytes) -> bytes:
    """The good workbook with more rows behind its own."""
    return sheet((b"</sheetData>", xml + b"</sheetData>"))


def lying(size: int) -> bytes:
    """A part of 40 MB whose directory entry declares another size."""
    data = bytearray(zipped(parts() | {"xl/big.xml": b" " * 40 * MB}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as book:
        crc = struct.pack("<I", book.getinfo("xl/big.xml").CRC)
    at = data.rfind(crc)  # in the central directory; the size stands 8 bytes further
    data[at + 8 : at + 12] = struct.pack("<I", size)
    return bytes(data)


def overlapping() -> bytes:
    """Two entries of the directory that point at the same bytes."""
    data = bytearray(zipped(parts() | {"xl/a.xml": b"x" * 400, "xl/b.xml": b"x" * 400}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as book:
        first = book.getinfo("xl/a.xml").header_offset
        second = struct.pack("<I", book.getinfo("xl/b.xml").header_offset)
    at = data.rfind(second + b"xl/b.xml")
    data[at : at + 4] = struct.pack("<I", first)
    return bytes(data)


def encrypted() -> bytes:
    """Flags that say every part is encrypted."""
    data = bytearray(GOOD)
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    return bytes(data)


def twice() -> bytes:
    """The same part two times: one reader takes the first, another the last."""
    file = io.BytesIO(GOOD)
    with zipfile.ZipFile(file, "a") as book:
        info = zipfile.ZipInfo("XL/worksheets/Sheet1.xml")
        book.writestr(info, parts()[SHEET])
    return file.getvalue()


def billion_laughs() -> bytes:
    entities = b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10)
    )
    return with_part(
        "xl/sharedStrings.xml",
        b"<?xml version='1.0'?><!DOCTYPE sst [" + entities + b"]><sst><si><t>&l9;</t></si></sst>",
    )


def moved(target: bytes, name: str = "", more: bytes = b"") -> bytes:
    """The good workbook whose sheet is said to lie at `target`, with a far cell, as part `name`."""
    found = parts()
    place = b'Target="worksheets/sheet1.xml"'
    assert place in found[RELATIONS]
    found[RELATIONS] = found[RELATIONS].replace(place, b'Target="' + target + b'"' + more)
    content = found[SHEET].replace(b"</sheetData>", FAR % b"XFD1048576" + b"</sheetData>")
    return zipped(found | {name or f"xl/{target.decode()}": content})


def book_elsewhere() -> bytes:
    """A whole second workbook in a folder of its own, named by the package's relations."""
    found = parts()
    found["_rels/.rels"] = found["_rels/.rels"].replace(b"xl/workbook.xml", b"data/workbook.xml")
    for name in ("workbook.xml", "_rels/workbook.xml.rels", "worksheets/sheet1.xml"):
        found[f"data/{name}"] = found[f"xl/{name}"].replace(
            b"</sheetData>", FAR % b"XFD1048576" + b"</sheetData>"
        )
    return zipped(found)


RELATIONS = "xl/_rels/workbook.xml.rels"
XXE = b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
TYPES = "[Content_Types].xml"
MACRO = parts()[TYPES].replace(
    b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"
)
FAR = b'<row r="1048576"><c r="%s" t="inlineStr"><is><t>x</t></is></c></row>'
FORMULA = b'<row r="9"><c r="A9"><f>1+1</f><v>2</v></c></row>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
PNG_300MP = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 20_000, 15_000) + b"\x08\x06"
)
# What somebody who reads by patterns takes for cell B1: no blank before the true place.
DECOY = b"""<row r="9"><c s="0"r="AZ3000" x=" r='B1'"><v>2</v></c></row>"""
TWICE = b"""<row r="9"><c r="A9" r="AZ3000"><v>2</v></c></row>"""
LONG = b'<row r="7"><c r="A7" t="inlineStr"><is><t>' + b"x" * 100_000 + b"</t></is></c></row>"

# What it is → (file name, maker). The makers run in the test, so that importing costs nothing.
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("a.xlsx", lambda: b""),
    "one byte": ("a.xlsx", lambda: b"P"),
    "svg with script": ("a.svg", lambda: b"<svg xmlns='x' onload='alert(1)'/>"),
    "svg named xlsx": ("a.xlsx", lambda: b"<svg xmlns='x' onload='alert(1)'/>"),
    "html": ("a.html", lambda: SCRIPT),
    "html named xlsx": ("a.xlsx", lambda: b"<!doctype html>" + SCRIPT),
    "xml with entity": ("a.xlsx", lambda: XXE + b"<x>&e;</x>"),
    "csv named xlsx": ("a.xlsx", lambda: "姓名,出生年月\n=cmd|'/c calc'!A1,1978".encode()),
    "eicar": ("a.xlsx", lambda: EICAR),
    "executable": ("a.xlsx", lambda: b"MZ" + b"\x00" * 300),
    "pdf": ("a.xlsx", lambda: b"%PDF-1.7\n"),
    "old xls": ("a.xls", lambda: OLE),
    "ole named xlsx": ("a.xlsx", lambda: OLE),
    "xlsm by name": ("a.xlsm", lambda: GOOD),
    "double extension": ("a.xlsx.exe", lambda: GOOD),
    "hidden behind a null": ("a.xlsx\x00.html", lambda: GOOD),
    "no extension": ("xlsx", lambda: GOOD),
    "macro type": ("a.xlsx", lambda: with_part(TYPES, MACRO)),
    "vba project": ("a.xlsx", lambda: with_part("xl/vbaProject.bin")),
    "vba elsewhere": ("a.xlsx", lambda: with_part("xl/x/VBAPROJECT.BIN")),
    "excel 4 macros": ("a.xlsx", lambda: with_part("xl/macrosheets/sheet1.xml", b"<x/>")),
    "external link": ("a.xlsx", lambda: with_part("xl/externalLinks/externalLink1.xml", b"<x/>")),
    "external relation": (
        "a.xlsx",
        lambda: with_part("xl/_rels/workbook.xml.rels", b'<R Type="x/externalLink"/>'),
    ),
    "data connection": ("a.xlsx", lambda: with_part("xl/connections.xml", b"<x/>")),
    "embedded object": ("a.xlsx", lambda: with_part("xl/embeddings/oleObject1.bin")),
    "activex": ("a.xlsx", lambda: with_part("xl/activeX/activeX1.bin")),
    "nested zip": ("a.xlsx", lambda: with_part("xl/media/a.zip", GOOD)),
    "nested workbook": ("a.xlsx", lambda: with_part("xl/media/a.xlsx", GOOD)),
    "any zip": ("a.xlsx", lambda: zipped({"readme.txt": b"hello"})),
    "docx": ("a.xlsx", lambda: zipped({TYPES: b"<Types/>", "word/document.xml": b"<x/>"})),
    "path out": ("a.xlsx", lambda: with_part("../../etc/cron.d/x")),
    "absolute path": ("a.xlsx", lambda: with_part("/etc/passwd")),
    "windows path": ("a.xlsx", lambda: with_part("..\\..\\x")),
    "drive": ("a.xlsx", lambda: with_part("C:evil.xml", b"<x/>")),
    "bomb, declared": ("a.xlsx", lambda: with_part("xl/big.xml", b" " * 80 * MB)),
    "bomb, declared small": ("a.xlsx", lambda: lying(1000)),
    "bomb, declared huge": ("a.xlsx", lambda: lying(0xFFFFFFF0)),
    "bomb in the sheet": (
        "a.xlsx",
        lambda: sheet((b"<sheetData>", b" " * 70 * MB + b"<sheetData>")),
    ),
    "hundreds of parts": (
        "a.xlsx",
        lambda: zipped(parts() | {f"xl/x{n}.xml": b"<x/>" for n in range(300)}),
    ),
    "parts overlap": ("a.xlsx", overlapping),
    "part twice": ("a.xlsx", twice),
    "encrypted": ("a.xlsx", encrypted),
    "lzma": ("a.xlsx", lambda: zipped(parts(), zipfile.ZIP_LZMA)),
    "html before the zip": ("a.xlsx", lambda: b"<html>" + SCRIPT + GOOD),
    "zip before html": ("a.xlsx", lambda: GOOD + b"<html>" + SCRIPT),
    "cut off": ("a.xlsx", lambda: GOOD[: len(GOOD) // 2]),
    "without directory": ("a.xlsx", lambda: GOOD.replace(b"PK\x01\x02", b"PK\x09\x09")),
    "a byte missing": ("a.xlsx", lambda: GOOD[:60] + GOOD[61:]),
    "billion laughs": ("a.xlsx", billion_laughs),
    "external entity": ("a.xlsx", lambda: sheet((b"<worksheet", XXE + b"<worksheet"))),
    "entity in types": ("a.xlsx", lambda: with_part(TYPES, XXE + parts()[TYPES])),
    "utf-16": ("a.xlsx", lambda: with_part(SHEET, parts()[SHEET].decode().encode("utf-16"))),
    "utf-7 declared": ("a.xlsx", lambda: sheet((b'encoding="UTF-8"', b'encoding="UTF-7"'))),
    "a million rows": ("a.xlsx", lambda: cells(FAR % b"A1048576")),
    "sixteen thousand columns": ("a.xlsx", lambda: cells(FAR.replace(b"1048576", b"8") % b"XFD8")),
    "both": ("a.xlsx", lambda: cells(FAR % b"XFD1048576")),
    "column 27": ("a.xlsx", lambda: cells(FAR.replace(b"1048576", b"8") % b"AA8")),
    "row 100 021": ("a.xlsx", lambda: cells(FAR.replace(b"1048576", b"100021") % b"A100021")),
    "place by entity": ("a.xlsx", lambda: cells(FAR.replace(b"1048576", b"8") % b"&#88;FD8")),
    "cells without places": (
        "a.xlsx",
        lambda: cells(b"<row r='9'>" + b"<c/>" * 20_000 + b"</row>"),
    ),
    "rows without places": ("a.xlsx", lambda: cells(b"<row/>" * 150_000)),
    "formula": ("a.xlsx", lambda: cells(FORMULA)),
    "formula with a prefix": (
        "a.xlsx",
        lambda: cells(b'<row r="9"><c s="1" r="A9"><x:f xmlns:x="y">1+1</x:f></c></row>'),
    ),
    "sheet in another folder": ("a.xlsx", lambda: moved(b"data/sheet1.xml")),
    "sheet of another kind": ("a.xlsx", lambda: moved(b"worksheets/sheet1.dat")),
    "sheet at the top": ("a.xlsx", lambda: moved(b"/data/sheet1.xml", "data/sheet1.xml")),
    "sheet up a folder": ("a.xlsx", lambda: moved(b"../data/sheet1.xml", "data/sheet1.xml")),
    "sheet by entity": ("a.xlsx", lambda: moved(b"work&#115;heets/sheet1.xml")),
    "sheet outside": (
        "a.xlsx",
        lambda: moved(b"worksheets/sheet1.xml", SHEET, b' TargetMode="External"'),
    ),
    "workbook elsewhere": ("a.xlsx", book_elsewhere),
    "a decoy for the place": ("a.xlsx", lambda: cells(DECOY)),
    "two places": ("a.xlsx", lambda: cells(TWICE)),
    "five million tags begun": ("a.xlsx", lambda: cells(b"<c " * 5_000_000 + b' r="A1">')),
    "a tag of megabytes": (
        "a.xlsx",
        lambda: cells(b"<c %s/>" % b" ".join(b'a%d=""' % n for n in range(300_000))),
    ),
    "a million names": (
        "a.xlsx",
        lambda: cells(b"".join(b"<a%d/>" % n for n in range(1_000_000))),
    ),
    "a million deep": ("a.xlsx", lambda: cells(b"<a>" * 1_000_000 + b"</a>" * 1_000_000)),
    "no sheet at all": (
        "a.xlsx",
        lambda: zipped({n: c for n, c in parts().items() if n != SHEET}),
    ),
    "no rows": ("a.xlsx", lambda: workbook([])),
    "no heads": ("a.xlsx", lambda: workbook([], ())),
    "sheet is rubbish": ("a.xlsx", lambda: with_part(SHEET, b"<worksheet><sheetData><row")),
}
# Odd, but harmless: they come in and show their errors at the cells.
HARMLESS: dict[str, Callable[[], bytes]] = {
    "wrong dimension": lambda: sheet(
        (b'<dimension ref="A1:F2"', b'<dimension ref="A1:XFD1048576"')
    ),
    "rules with formulas": lambda: sheet(
        (b"</sheetData>", b"</sheetData><extLst><m:f xmlns:m='y'>B!$A$1:$A$3</m:f></extLst>")
    ),
    "sheet named from the top": lambda: zipped(
        parts() | {RELATIONS: parts()[RELATIONS].replace(b'"worksheets/', b'"/xl/worksheets/')}
    ),
    "huge picture": lambda: with_part("xl/media/image1.png", PNG_300MP),
    "text of 100 000 characters": lambda: cells(LONG),
    "formula words": lambda: workbook([("=1+1", "+1978-03", "@x", "-1", "\t=1")]),
    "script in cells": lambda: workbook([(SCRIPT.decode(), *ROW[1:])]),
    "control characters": lambda: workbook([("周\x07某", *ROW[1:])]),
    "many heads": lambda: workbook([ROW], (*HEADS, *"GHIJKLMNOPQRSTUVWXYZ")),
}
