"""S5: what is sent is judged with bounds before anything reads it; every refusal says a way out."""

import resource
import time

import pytest

from branches.members.columns import COLUMNS, SHEET
from common.imports import cells, door, markup
from common.imports.cells import check_sheet
from common.imports.door import base_name, check_inside, check_outside
from common.imports.reading import read
from common.imports.refusal import FileRefused
from tests.common import hostile
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
        ("_check_xml", "billion laughs"),
        ("check_relations", "sheet in another folder"),
        ("check_relations", "sheet of another kind"),
        ("check_relations", "workbook elsewhere"),
        ("check_sheet", "a decoy for the place"),
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


def test_a_sheet_that_is_not_well_formed_is_stopped_at_its_first_fault():
    """S5: five million beginnings of a tag cost the work of one, and the words are plain."""
    with pytest.raises(
        FileRefused, match="内部结构有错，读不出内容。请在表格软件中另存为"
    ) as refused:
        check_sheet(b"<sheetData>" + b"<c " * 5_000_000 + b' r="A1">')
    assert refused.value.__cause__.offset < 20


def elements_told(monkeypatch, content):
    """How many elements were looked at before the sheet was refused for its size."""
    told = []
    real = cells._Sheet.started
    monkeypatch.setattr(
        cells._Sheet, "started", lambda *said: (told.append(1), real(*said)) and None
    )
    with pytest.raises(FileRefused, match="最多 100,000 行、26 列"):
        check_sheet(content)
    return len(told)


@pytest.mark.parametrize(
    ("element", "most"), [(b'<c r="A1"/>', "MOST_CELLS"), (b"<row/>", "LAST_LINE")]
)
def test_no_more_is_looked_at_than_a_sheet_may_hold(monkeypatch, element, most):
    """S5: the work is bounded by the size of a sheet, whatever is sent."""
    monkeypatch.setattr(cells, most, 1_000)
    content = b"<sheetData>" + element * 100_000 + b"</sheetData>"
    assert elements_told(monkeypatch, content) == 1 + 1_000 + 1


@pytest.mark.parametrize(
    ("bound", "what"),
    [
        ("LONGEST", "a tag of megabytes"),
        ("DEEPEST", "a million deep"),
        ("MOST_NAMES", "a million names"),
    ],
)
def test_each_bound_of_the_reading_is_what_refuses(monkeypatch, bound, what):
    """Negative controls: with the bound out of reach the part is read to its end."""
    data = with_smaller(what)
    with pytest.raises(FileRefused):
        check_inside(data)
    for name in ("LONGEST", "MOST_NAMES") if bound == "LONGEST" else (bound,):
        monkeypatch.setattr(markup, name, 10**9)
    check_inside(data)


def with_smaller(what):
    """The same attacks within what a test may spend, and with places at their cells."""
    if what == "a tag of megabytes":
        return hostile.cells(b'<c r="A9" %s/>' % b" ".join(b'a%d=""' % n for n in range(90_000)))
    if what == "a million deep":
        return hostile.cells(b"<a>" * 200 + b"</a>" * 200)
    return hostile.cells(b"".join(b"<a%d/>" % n for n in range(2_000)))


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
