"""The reviewer's words at fields, given with a return (R-LED-08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.http import QueryDict

from ledgers.actions import Remark
from ledgers.catalogue import SECTION_LABELS
from ledgers.forms import entries
from ledgers.forms.entries import Place
from ledgers.forms.sheet import CODES, NUMERALS, Sheet
from societies.models import Tier

FIELD, TEXT, MORE = "remark_field", "remark_text", "more"
BLANK_ROWS = 2
MOST_ROWS = 60


@dataclass(frozen=True)
class Choice:
    """A field of a version that a remark may stand at."""

    value: str
    label: str
    table: str
    name: str
    row: int


@dataclass(frozen=True)
class RemarkRow:
    """One line of the form as it was typed."""

    number: int
    chosen: str = ""
    text: str = ""
    errors: tuple[str, ...] = ()


@dataclass
class RemarkLines:
    """What may be chosen and what was typed."""

    groups: list[tuple[str, list[Choice]]]
    rows: list[RemarkRow] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        """Whether every line names a field and says something."""
        return not any(row.errors for row in self.rows)

    @property
    def typed(self) -> int:
        """How many lines hold something."""
        return sum(bool(row.chosen or row.text) for row in self.rows)

    @property
    def remarks(self) -> list[Remark]:
        """For the action; blank lines say nothing."""
        known = {choice.value: choice for _, part in self.groups for choice in part}
        found = [(known[row.chosen], row.text) for row in self.rows if row.chosen]
        return [Remark(c.table, c.name, text, c.row) for c, text in found]


def typed_pairs(post: QueryDict) -> list[tuple[str, str]]:
    """Field and words of each line that a form sent."""
    return list(zip(post.getlist(FIELD), post.getlist(TEXT), strict=False))


def remark_lines(
    sheet: Sheet, pairs: Iterable[tuple[str, str]] = (), *, judged: bool = False
) -> RemarkLines:
    """The lines of the return form, with blank ones at the end; nothing typed is lost.

    pairs: as typed. judged: say what is wrong with them, as when the return is given.
    """
    lines = RemarkLines(list(_groups(sheet)))
    known = {choice.value for _, part in lines.groups for choice in part}
    typed = [(chosen, text.strip()) for chosen, text in pairs if chosen or text.strip()]
    for number, (chosen, text) in enumerate(typed[:MOST_ROWS]):
        wrong = tuple(_wrong(chosen, text, known)) if judged else ()
        lines.rows.append(RemarkRow(number, chosen, text, wrong))
    start = len(lines.rows)
    lines.rows += [RemarkRow(number) for number in range(start, start + BLANK_ROWS)]
    return lines


def _wrong(chosen: str, text: str, known: set[str]) -> Iterator[str]:
    if not chosen:
        yield "请选择意见所指的项目"
    elif chosen not in known:
        yield "没有这一项，请重新选择"
    if not text:
        yield "请写明该项的意见"
    elif len(text) > 300:
        yield "意见最多 300 个字"


def _groups(sheet: Sheet) -> Iterator[tuple[str, list[Choice]]]:
    for numeral, code in zip(NUMERALS, CODES, strict=True):
        choices = [c for place in entries.places(code, sheet.snapshot) for c in _of(place, sheet)]
        if choices:
            yield f"第{numeral}节 {SECTION_LABELS[code]}", choices


def _of(place: Place, sheet: Sheet) -> Iterator[Choice]:
    head = _head(place, sheet)
    for spec in place.fields:
        words = f"{spec.group}：{spec.label}" if not head and spec.group else f"{head}{spec.label}"
        value = f"{place.table}.{spec.name}.{place.row}"
        yield Choice(value, words, place.table, spec.name, place.row)


def _head(place: Place, sheet: Sheet) -> str:
    """Which row, in tables of rows."""
    if place.table == "leaders":
        post = next(f for f in place.fields if f.name == "post")
        said = place.values.get("post")
        name = "空缺" if place.values.get("vacant") else place.values.get("name") or ""
        return f"{post.label_of(said) if said else '未选职务'} {name}：".replace(" ：", "：")
    for reason in sheet.snapshot.reasons:
        if place.table == "not_established" and reason.values.row == place.row:
            return f"{Tier(reason.tier).label}："
        for number, measure in enumerate(reason.measures, 1):
            if place.table == "measures" and measure.row == place.row:
                return f"{Tier(reason.tier).label}措施 {number}："
    return ""
