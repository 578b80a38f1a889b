"""The row editors of 5.4 and 5.5."""

from __future__ import annotations

from dataclasses import dataclass, field

from branches.models import Posting
from ledgers.catalogue import Field, Kind
from ledgers.catalogue.base import Choices
from ledgers.checks import Finding
from ledgers.checks.general import section_of
from ledgers.forms import entries
from ledgers.forms.cells import BLANK, Cell, make_cell
from ledgers.forms.entries import Place
from ledgers.forms.sheet import Sheet
from ledgers.forms.wording import DASH
from ledgers.models import Ledger, LedgerLeader, LedgerMeasure
from ledgers.snapshot import ReasonRow, UnitFact
from societies.models import Tier

WIDE = {"work_unit": "w2", "vacant_reason": "w2", "other_reasons": "w3", "reason_text": "w3"}
FLAGS = ("legal_representative", "academician", "full_time")


@dataclass(frozen=True)
class FormCell:
    """A cell in a row form, with the width it takes."""

    cell: Cell
    wide: str = ""


@dataclass(frozen=True)
class LeaderRow:
    """One line of 5.4: the summary and, when open, its form."""

    pk: int
    post: str
    name: str
    political_status: str
    until: str
    flags: str
    kind: str
    open: bool
    cells: list[FormCell]
    is_told: bool = False

    @property
    def word(self) -> str:
        """What the kind says."""
        if self.is_told:
            return "退回意见"
        return {"bad": "须修改", "warn": "待补填"}.get(self.kind, "已核对")


@dataclass(frozen=True)
class PostCount:
    """How many hold a post, for readers who are not told names (roles.md §2.9)."""

    post: str
    held: int
    vacant: int


@dataclass(frozen=True)
class MeasureForm:
    """One measure of a 5.5 row."""

    pk: int
    cells: list[FormCell]


@dataclass(frozen=True)
class TierCard:
    """T1 or T2 in 5.5: covered, not applicable, or a form."""

    tier: int
    label: str
    state: str
    covered_by: str = ""
    note: str = ""
    pk: int = 0
    cells: list[FormCell] = field(default_factory=list)
    measures: list[MeasureForm] = field(default_factory=list)


@dataclass(frozen=True)
class BranchTick:
    """A society branch without organisation; its reason is optional."""

    pk: int
    name: str
    reason: str


def form_cells(
    sheet: Sheet, place: Place, findings: list[Finding], postings: Choices = ()
) -> list[FormCell]:
    """The controls of one row."""
    cells = []
    section = section_of(place.table)
    for spec in place.fields:
        choices = postings if spec.kind == Kind.POSTING else ()
        cell = make_cell(
            spec,
            place.values,
            None,
            findings,
            prefix=place.prefix,
            blanks=sheet.strict,
            choices=choices,
            remark=sheet.remark(section, spec.name, place.row),
        )
        cells.append(FormCell(cell, WIDE.get(spec.name, "")))
    return cells


@dataclass(frozen=True)
class _Marks:
    """Rows of 5.4 by what is said of them; a row with an error is not counted as blank."""

    wrong: frozenset[int]
    blank: frozenset[int]
    told: frozenset[int]

    @property
    def bad(self) -> frozenset[int]:
        """Rows that must be looked at."""
        return self.wrong | self.told

    def kind(self, row: int) -> str:
        """As the summary line shows it."""
        return "bad" if row in self.bad else "warn" if row in self.blank else "ok"


def _marks(sheet: Sheet, found: list[Finding]) -> _Marks:
    wrong = frozenset(f.row for f in found if f.is_error and (sheet.strict or f.code != BLANK))
    blank = frozenset(f.row for f in found if f.code == BLANK)
    told = frozenset(row for section, _, row in sheet.remarks if section == "leaders")
    return _Marks(wrong, blank - wrong, told)


def leader_rows(sheet: Sheet, open_row: int) -> list[LeaderRow]:
    """5.4 as listed; without a chosen row the first with an error stands open."""
    found = [f for f in sheet.findings if f.section == "leaders"]
    marks, listed = _marks(sheet, found), entries.places("leaders", sheet.snapshot)
    chosen = open_row or next((place.row for place in listed if place.row in marks.bad), 0)
    return [_leader_row(sheet, place, found, marks, place.row == chosen) for place in listed]


def _leader_row(
    sheet: Sheet, place: Place, found: list[Finding], marks: _Marks, is_open: bool
) -> LeaderRow:
    return LeaderRow(
        pk=place.row,
        post=_word(place, "post") or "未选职务",
        name=_name(place),
        political_status=_word(place, "political_status") or DASH,
        until=str(place.values.get("term_to") or DASH),
        flags="、".join(_flags(place)),
        kind=marks.kind(place.row),
        open=is_open,
        cells=form_cells(sheet, place, found),
        is_told=place.row in marks.told,
    )


def posts_held(sheet: Sheet) -> list[PostCount]:
    """5.4 by post, in the order of its first row: numbers and nothing of any person."""
    found: dict[str, list[bool]] = {}
    for place in entries.places("leaders", sheet.snapshot):
        post = _word(place, "post") or "未选职务"
        found.setdefault(post, []).append(bool(place.values.get("vacant")))
    return [PostCount(post, len(rows) - sum(rows), sum(rows)) for post, rows in found.items()]


def _name(place: Place) -> str:
    return "空缺" if place.values.get("vacant") else place.values.get("name") or DASH


def _word(place: Place, name: str) -> str:
    spec: Field | None = next((f for f in place.fields if f.name == name), None)
    value = place.values.get(name)
    return spec.label_of(value) if spec and value else ""


def _flags(place: Place) -> list[str]:
    labels = {f.name: f.label for f in place.fields}
    return [labels[n] for n in FLAGS if n in labels and place.values.get(n) == "yes"]


def removed_leader(ledger: Ledger) -> LedgerLeader | None:
    """The row taken out last, which can be brought back."""
    rows = LedgerLeader.objects.filter(ledger=ledger, removed_at__isnull=False)
    return rows.order_by("-removed_at").first()


def removed_measure(ledger: Ledger) -> LedgerMeasure | None:
    """The measure taken out last."""
    rows = LedgerMeasure.objects.filter(not_established__ledger=ledger, removed_at__isnull=False)
    return rows.order_by("-removed_at").first()


def tier_cards(sheet: Sheet) -> list[TierCard]:
    """Council and secretariat."""
    rows = {row.unit_id: row for row in sheet.snapshot.reasons}
    cards = []
    for tier in (Tier.COUNCIL, Tier.SECRETARIAT):
        unit = sheet.snapshot.facts.unit(tier)
        row = rows.get(unit.unit_id) if unit else None
        if unit is None or row is None:
            cards.append(_without_form(tier, unit, sheet))
        else:
            cards.append(_with_form(tier, unit, row, sheet))
    return cards


def _with_form(tier: Tier, unit: UnitFact, row: ReasonRow, sheet: Sheet) -> TierCard:
    found = [f for f in sheet.findings if f.section == "not_established"]
    places = {(p.table, p.row): p for p in entries.places("not_established", sheet.snapshot)}
    postings = _postings(sheet) if row.measures else ()
    return TierCard(
        tier,
        str(tier.label),
        "covered" if unit.covered_by else "uncovered",
        pk=row.values.row,
        covered_by=unit.covered_by,
        cells=form_cells(sheet, places["not_established", row.values.row], found),
        measures=[
            MeasureForm(m.row, form_cells(sheet, places["measures", m.row], found, postings))
            for m in row.measures
        ],
    )


def _without_form(tier: Tier, unit: UnitFact | None, sheet: Sheet) -> TierCard:
    if unit is None or (tier == 2 and sheet.snapshot.staff.get("secretariat_exists") == "no"):
        note = f"未设{tier.label}，无需填报" if tier == 2 else "名录中没有该层级"
        return TierCard(tier, str(tier.label), "not_applicable", note=note)
    since = f"{unit.covered_since.isoformat()} 起。" if unit.covered_since else ""
    note = f"{since}已覆盖，无需填报"
    return TierCard(tier, str(tier.label), "covered", unit.covered_by, note)


def _postings(sheet: Sheet) -> Choices:
    """Postings to this society valid on the as-of day: what U-08 looks at."""
    rows = Posting.objects.filter(society_id=sheet.ledger.society_id)
    return tuple(
        (str(row.pk), f"{row.get_kind_display()} {row.person_name}（{row.valid_from} 起）")
        for row in rows.valid_on(sheet.ledger.period.as_of)
    )


def branch_ticks(sheet: Sheet) -> list[BranchTick]:
    """Tier 3: every uncovered society branch."""
    names = {unit.unit_id: unit.name for unit in sheet.snapshot.facts.units}
    return [
        BranchTick(row.values.row, names.get(row.unit_id, ""), _reason(sheet, row))
        for row in sheet.snapshot.reasons
        if row.tier == Tier.SOCIETY_BRANCH
    ]


def _reason(sheet: Sheet, row: ReasonRow) -> str:
    found = sheet.snapshot.rules.reason(row.values.get("primary_reason") or "")
    return found.label if found else ""


def is_behind(sheet: Sheet) -> bool:
    """Whether units without organisation and rows of 5.5 differ: the rows must be brought up."""
    gone = sheet.snapshot.staff.get("secretariat_exists") == "no"
    wanted = {
        unit.unit_id
        for unit in sheet.snapshot.facts.units
        if not unit.covered_by and not (unit.tier == 2 and gone)
    }
    return not wanted <= {row.unit_id for row in sheet.snapshot.reasons}
