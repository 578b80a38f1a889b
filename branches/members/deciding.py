"""What filing somebody means for the register: new, a change, nothing, or a question (R-MEM-07).

Pure: facts and what the register knows of the same key in, a decision out. The form and the import
ask the same function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from branches.models import Place
from common.imports.batches import Answer, RowKind
from common.months import said_month

Key = tuple[str, date, date]
KEEPERS_OWN = "由组织关系所在的党组织登记和更正"


@dataclass(frozen=True)
class Facts:
    """What is filed of one person. full_since, place: None means not said."""

    name: str
    birth_month: date
    joined_month: date
    full_since: date | None = None
    place: str | None = None

    @property
    def key(self) -> Key:
        """What tells persons of one society apart (R-MEM-07)."""
        return self.name, self.birth_month, self.joined_month


@dataclass(frozen=True)
class Known:
    """A registered member of the same key.

    keeper: the organisation that files the record; relation: the organisation holding the relation,
    None when it lies elsewhere; takes_part: in the organisation that files now.
    """

    pk: int
    namesake: int
    keeper: int
    full_since: date | None
    left_on: date | None
    place: str
    relation: int | None
    takes_part: bool

    def is_of(self, organisation_id: int) -> bool:
        """Whether the person is on that organisation's roll today."""
        at = organisation_id in (self.keeper, self.relation) or self.takes_part
        return at and self.left_on is None


@dataclass(frozen=True)
class Decision:
    """kind, and for what is written op: create, change, join, rejoin; target: the member.

    was: field → the value before, in words. column, wrong, mend: the question or refusal.
    """

    kind: RowKind
    op: str = ""
    target: int | None = None
    was: dict[str, str] = field(default_factory=dict)
    column: str = ""
    wrong: str = ""
    mend: str = ""


def decide(
    facts: Facts,
    found: Sequence[Known],
    organisation_id: int,
    *,
    occurrence: int = 0,
    first_line: int = 0,
    answer: str = Answer.NONE,
) -> Decision:
    """What filing `facts` for an organisation means.

    found: everybody of the society with the same key. occurrence: how many rows of the same file
    came before with this key: the n-th row means the n-th person of that key.
    """
    own = sorted((k for k in found if k.is_of(organisation_id)), key=lambda k: k.namesake)
    if occurrence < len(own):
        return _compare(facts, own[occurrence], organisation_id)
    if occurrence:
        return _second(first_line, answer)
    others = [k for k in found if not k.is_of(organisation_id)]
    if not others or answer == Answer.OTHER:
        return Decision(RowKind.NEW, "create")
    return _elsewhere(facts, others, answer)


def _second(first_line: int, answer: str) -> Decision:
    """A further row with the key of an earlier one."""
    if answer == Answer.OTHER:
        return Decision(RowKind.NEW, "create")
    if answer == Answer.SAME:
        return Decision(RowKind.SAME, wrong=f"与第 {first_line} 行是同一人，已合并到该行")
    wrong = f"与第 {first_line} 行姓名、出生年月、入党年月相同，是同一人吗？"
    return Decision(RowKind.ASK, column="name", wrong=wrong)


def _elsewhere(facts: Facts, others: Sequence[Known], answer: str) -> Decision:
    """The key is known of another organisation of the society, or of somebody who left."""
    left = [k for k in others if k.left_on is not None]
    known = next((k for k in others if k.left_on is None), others[0])
    if answer != Answer.SAME:
        where = f"，已于 {left[0].left_on} 离开" if len(left) == len(others) else ""
        wrong = f"本学会已登记姓名、出生年月、入党年月相同的党员{where}，是同一人吗？"
        return Decision(RowKind.ASK, column="name", wrong=wrong)
    if known.left_on is not None:
        return Decision(RowKind.NEW, "rejoin", known.pk)
    if facts.full_since is not None and facts.full_since != known.full_since:
        return _refused("full_since", "转正年月与已登记的不同")
    return Decision(RowKind.NEW, "join", known.pk)


def _compare(facts: Facts, known: Known, organisation_id: int) -> Decision:
    """A row about a member of the own roll; blanks change nothing."""
    was: dict[str, str] = {}
    if facts.full_since is not None and facts.full_since != known.full_since:
        was["full_since"] = said_month(known.full_since) or "预备党员"
    if facts.place is not None and facts.place != known.place:
        was["place"] = str(Place(known.place).label)
    if not was:
        return Decision(RowKind.SAME, target=known.pk)
    if known.keeper != organisation_id:
        return _refused(next(iter(was)), "与该同志已登记的情况不同")
    if "place" in was and known.relation not in (None, organisation_id):
        return _refused("place", "组织关系登记在本学会另一党组织")
    return Decision(RowKind.CHANGED, "change", known.pk, was)


def _refused(column: str, wrong: str) -> Decision:
    return Decision(RowKind.REFUSED, column=column, wrong=wrong, mend=f"请核对；{KEEPERS_OWN}")


def problems_of(facts: Facts, today: date) -> dict[str, tuple[str, str]]:
    """Impossible months: field → (what is wrong, how to mend it)."""
    found: dict[str, tuple[str, str]] = {}
    months: dict[str, tuple[str, Any]] = {
        "birth_month": ("出生年月", facts.birth_month),
        "joined_month": ("入党年月", facts.joined_month),
        "full_since": ("转正年月", facts.full_since),
    }
    for name, (label, month) in months.items():
        if month is not None and month > today:
            example = f"{max(today.year - 15, 1921)}-07"
            found[name] = (f"{label}晚于今天", f"请填实际年月，如 {example}")
    born, joined, full = facts.birth_month, facts.joined_month, facts.full_since
    if "joined_month" not in found and joined < born.replace(year=born.year + 16):
        found["joined_month"] = ("入党年月距出生年月不足 16 年", "请核对两个年月是否填反")
    if "full_since" not in found and full is not None and full < joined:
        found["full_since"] = ("转正年月早于入党年月", "请核对；预备党员留空")
    return found
