"""Columns of the register and of the committee's counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from branches.models import Affiliation, MemberState, Participation, PartyMember
from common import clock
from common.listing import Column
from common.months import said_month
from societies.models import Society


def kind_of(member: PartyMember) -> str:
    """正式党员 or 预备党员 today; 已离开 for those who left."""
    today = clock.today()
    if member.left_on is not None and member.left_on <= today:
        return "已离开"
    return "正式党员" if member.is_full(today) else "预备党员"


def _relation(member: Any) -> str:
    return str(member.relation.get_place_display()) if member.relation else "—"


MEMBER_COLUMNS = (
    Column("name", "姓名", ("sort_key",), value=lambda m: m.name, width=12),
    Column("birth", "出生年月", ("birth_month",), value=lambda m: said_month(m.birth_month)),
    Column("joined", "入党年月", ("joined_month",), value=lambda m: said_month(m.joined_month)),
    Column("full", "转正年月", ("full_since",), value=lambda m: said_month(m.full_since)),
    Column("kind", "类别", value=kind_of, width=10),
    Column("place", "组织关系", value=_relation, width=12),
    Column(
        "organisation",
        "所在党组织",
        ("organisation__name",),
        value=lambda m: m.organisation_name,
        width=34,
    ),
    Column("state", "状态", ("state",), value=lambda m: m.get_state_display(), width=10),
)


@dataclass(frozen=True)
class Headcount:
    """Members of a society, counted (trap 4): full and probationary with the relation here, those
    who only take part, records waiting for the secretary.
    """

    full: int = 0
    probationary: int = 0
    taking_part: int = 0
    waiting: int = 0

    @property
    def here(self) -> int:
        """Everybody whose relation is here."""
        return self.full + self.probationary


def headcounts(society_ids: Sequence[int], on: date) -> dict[int, Headcount]:
    """Society → its counts on a day; three statements for any number. Only counts leave here."""
    full = Q(member__full_since__lte=on)
    here = {
        pk: (all_, grown)
        for pk, all_, grown in Affiliation.objects.here_on(on)
        .filter(society__in=society_ids)
        .order_by()
        .values_list("society_id")
        .annotate(n=Count("pk"), full=Count("pk", filter=full))
    }
    elsewhere = Affiliation.objects.valid_on(on).exclude(place="here").values("member_id")
    parts = dict(
        Participation.objects.counted_on(on)
        .filter(society__in=society_ids, member__in=elsewhere)
        .order_by()
        .values_list("society_id")
        .annotate(n=Count("member", distinct=True))
    )
    waiting = dict(
        PartyMember.objects.filter(society__in=society_ids, state=MemberState.FILED)
        .order_by()
        .values_list("society_id")
        .annotate(n=Count("pk"))
    )
    return {
        pk: Headcount(
            full=here.get(pk, (0, 0))[1],
            probationary=here.get(pk, (0, 0))[0] - here.get(pk, (0, 0))[1],
            taking_part=parts.get(pk, 0),
            waiting=waiting.get(pk, 0),
        )
        for pk in society_ids
    }


def attach_headcounts(societies: Sequence[Society]) -> None:
    """Put `members` onto the societies of one page."""
    found = headcounts([society.pk for society in societies], clock.today())
    for society in societies:
        society.members = found[society.pk]  # type: ignore[attr-defined]


COUNT_COLUMNS = (
    Column("society", "学会", ("sort_key",), value=lambda s: s.name, width=34),
    Column("full", "正式党员", css="r", value=lambda s: s.members.full, width=10),
    Column("probationary", "预备党员", css="r", value=lambda s: s.members.probationary, width=10),
    Column("here", "关系在本学会", css="r", value=lambda s: s.members.here, width=14),
    Column("part", "只参加组织生活", css="r", value=lambda s: s.members.taking_part, width=16),
    Column("waiting", "待学会确认", css="r", value=lambda s: s.members.waiting, width=12),
)
