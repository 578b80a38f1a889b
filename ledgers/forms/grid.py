"""The entry grid of the tables of one row (5.1, 5.2, 5.3) and the lines nobody types."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledgers.catalogue import fields_of
from ledgers.conditions import is_shown
from ledgers.forms.cells import Cell, make_cell
from ledgers.forms.sheet import Sheet
from ledgers.forms.wording import DASH
from ledgers.snapshot import Values


@dataclass(frozen=True)
class Computed:
    """A line nobody types: a share from two counts."""

    label: str
    now: str
    before: str
    change: str


@dataclass(frozen=True)
class Group:
    """Cells under one heading of the grid."""

    label: str
    cells: list[Cell]
    note: str = ""
    computed: list[Computed] = field(default_factory=list)


def groups_of(sheet: Sheet, section: str) -> list[Group]:
    """The cells of a table under their headings; hidden conditional fields are left out."""
    now, before = sheet.snapshot.sections[section], sheet.before(section)
    found = [f for f in sheet.findings if f.section == section and f.is_error]
    found += [line.finding for line in sheet.unconfirmed if line.finding.section == section]
    groups: list[Group] = []
    for spec in fields_of(section, sheet.snapshot.rules):
        if not is_shown(spec, sheet.snapshot, now):
            continue
        if not groups or groups[-1].label != spec.group:
            groups.append(Group(spec.group, [], *_aside(sheet, section, spec.group)))
        said = sheet.remark(section, spec.name)
        cell = make_cell(spec, now, before, found, blanks=sheet.strict, remark=said)
        groups[-1].cells.append(cell)
    return groups


def _aside(sheet: Sheet, section: str, group: str) -> tuple[str, list[Computed]]:
    """What stands beside a heading, and the computed lines at its end."""
    staff = sheet.snapshot.staff
    if section == "members" and group == "理事会":
        return f"理事 {_n(staff, 'council_members')} 人（见第二节）", []
    if section == "members" and group == "办事机构":
        note = f"工作人员 {_n(staff, 'secretariat_staff')} 人（见第二节）"
        return note, [_full_time_share(sheet)]
    return "", []


def _full_time_share(sheet: Sheet) -> Computed:
    """党员占专职人员比例; a dash while there is nobody full-time."""
    before_staff, before = sheet.before("staff"), sheet.before("members")
    now = _share(sheet.snapshot.members, sheet.snapshot.staff)
    last = _share(before, before_staff) if before and before_staff else DASH
    words = DASH if DASH in (now, last) else "无变化" if now == last else "有变化"
    return Computed("党员占专职人员比例", now, last, words)


def _n(values: Values, name: str) -> str:
    number = values.n(name)
    return DASH if number is None else f"{number:,}"


def _share(members: Values, staff: Values) -> str:
    part, whole = members.n("full_time_pm"), staff.n("full_time_staff")
    return DASH if part is None or not whole else f"{part * 100 / whole:.1f}%"
