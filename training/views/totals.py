"""学时统计: shares by society, without names; small cells are not told (R-TRN-11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.permissions import Permission as P
from branches.models import PartyOrganisation
from common import clock
from common.exports import ListExport
from common.listing import Column, ScopedListView
from common.shares import NO_VALUE
from societies.decorators import PermissionRequired
from societies.models import Society
from training.forms.hours import TotalsFilter
from training.shares import MEMBER, OFFICER, hour_shares, said, said_apart, totals


class TotalsList(PermissionRequired, ScopedListView):
    """学时统计."""

    permission = P.HOURS_TOTAL
    model = Society
    filter_form = TotalsFilter
    template_name = "training/totals.html"
    fragment_name = "training/_totals.html"
    unit = "家"
    own_columns = (
        Column("name", "学会", ("sort_key",), value=lambda s: s.name, width=34),
        Column("members", "党员达标率", css="r", value=lambda s: s.hours[MEMBER], width=14),
        Column("officers", "书记、委员达标率", css="r", value=lambda s: s.hours[OFFICER], width=18),
    )

    @property
    def on(self) -> date:
        """Today, or the last day of an earlier year."""
        year, today = TotalsFilter(self.request.GET).chosen(), clock.today()
        return today if year == today.year else date(year, 12, 31)

    def all_rows(self) -> QuerySet[Any]:
        """The societies of which the totals are read."""
        rows: QuerySet[Any] = Society.objects.within(self.request.actor.scope(self.permission))
        return rows.filter(left_on=None, deregistered_on=None)

    def adorn(self, rows: Sequence[Any]) -> None:
        """The two shares of each, by one statement."""
        asked = Society.objects.within(self.request.actor.scope(self.permission))
        shares = hour_shares(asked.filter(pk__in=[row.pk for row in rows]), self.on, clock.today())
        found = totals(shares)
        for row in rows:
            row.hours = {line: said(found.get((row.pk, line))) for line in (MEMBER, OFFICER)}

    def context(self) -> dict[str, Any]:
        """As for every list; a society sees its organisations too."""
        return super().context() | {"on": self.on, "organisations": self._organisations()}

    def _organisations(self) -> list[dict[str, Any]]:
        actor = self.request.actor
        if actor.society_id is None:
            return []
        rows = Society.objects.within(actor.scope(self.permission))
        lines: dict[str, dict[int, tuple[int, int]]] = {MEMBER: {}, OFFICER: {}}
        for each in hour_shares(rows, self.on, clock.today()):
            lines[each.line][each.organisation_id] = (each.num, each.den)
        members, officers = said_apart(lines[MEMBER]), said_apart(lines[OFFICER])
        owing = {*members, *officers}
        names = PartyOrganisation.objects.visible_to(actor).filter(pk__in=owing)
        return [
            {
                "organisation": each,
                "members": members.get(each.pk, NO_VALUE),
                "officers": officers.get(each.pk, NO_VALUE),
            }
            for each in names.order_by("name")
        ]


class TotalsExport(ListExport, TotalsList):
    """The statistics as a workbook."""

    title = "学时统计"

    def lines(self) -> list[str]:
        """The day the months are counted to, beside the filters."""
        return [f"截至 {self.on}，按已满整月折算", *super().lines()[1:]]
