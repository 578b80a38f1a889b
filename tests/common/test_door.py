"""S5: what is sent is judged with bounds before anything reads it; every refusal says a way out."""

import resource
import time

import pytest

from branches.members.columns import COLUMNS, SHEET
from common.imports import door
from common.imports.cells import check_sheet
from common.imports.door import base_name, check_inside, check_outside
from common.imports.reading import read
from common.imports.refusal import FileRefused
from tests.common.hostile import GOOD, HARMLESS, HOSTILE, sheet


def come_in(name, data):
    """What the portal does with a file until its rows are there."""
    check_outside(name, data)
    check_inside(data)
    return read(data, COLUMNS, SHEET)


def test_there_are_enough():
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_stay_out(what):
    name, make = HOSTILE[what]
    data = make()
    before, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FileRefused) as refused:
        come_in(name, data)
    assert time.process_time() - before < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 150 * 1024
    said = str(refused.value)
    assert any(way in said for way in ("请", "不超过", "最多")), said


@pytest.mark.parametrize("what", HARMLESS)
def test_odd_files_come_in(what):
    found = come_in("名册.xlsx", HARMLESS[what]())
    assert found.total >= 1


def test_a_good_file_comes_in():
    found = come_in("名册.XLSX", GOOD)
    assert found.places == dict(zip((c.key for c in COLUMNS), range(6), strict=True))
    assert [line for line, _ in found.lines(COLUMNS, found.places)] == [2]


def test_too_large():
    with pytest.raises(FileRefused, match="10 MB"):
        check_outside("a.xlsx", b"PK\x03\x04" + b"x" * door.MAX_BYTES)


@pytest.mark.parametrize(
    ("protection", "what"),
    [
        ("_check_parts", "bomb, declared"),
        ("_check_xml", "external entity"),
        ("check_sheet", "column 27"),
        ("check_sheet", "formula"),
        ("_ACTIVE", "vba project"),
    ],
)
def test_each_protection_is_what_refuses(monkeypatch, protection, what):
    """Negative controls: with it taken away the file gets through that far."""
    _, make = HOSTILE[what]
    data = make()
    if protection == "_ACTIVE":
        monkeypatch.setattr(door, "_ACTIVE", door.re.compile("never"))
    else:
        monkeypatch.setattr(door, protection, lambda *_: None)
    monkeypatch.setattr(door, "MAX_UNPACKED", 200 * 1024 * 1024)
    check_inside(data)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/名册.xlsx", "名册.xlsx"),
        ("C:\\Users\\x\\名册.xlsx", "名册.xlsx"),
        ("a\x00b\r\nc.xlsx", "abc.xlsx"),
        ("名" * 200 + ".xlsx", "…" + "名" * 94 + ".xlsx"),
    ],
)
def test_names_lose_their_paths(name, kept):
    assert base_name(name) == kept


def test_cells_up_to_the_last_column_and_row_pass():
    check_sheet(b'<row r="100020"><c s="1" r="Z100020"/></row>')
    come_in("a.xlsx", sheet((b"</sheetData>", b'<row r="99"><c r="Z99"/></row></sheetData>')))
