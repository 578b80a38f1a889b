"""Lists: the present terms, and the filings about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from accounts.permissions import Permission
from branches.forms_posts import FilingFilter, TermFilter
from branches.models import Post, PostFiling, PostKind, Term, TermState
from branches.views.common import READ
from common import clock
from common.desk import days_left
from common.exports import ListExport
from common.listing import Column, ScopedListView
from societies.decorators import PermissionRequired

TERM_COLUMNS = (
    Column("end", "届满", ("runs_to",), value=lambda t: t.runs_to, width=12),
    Column("society", "学会", ("society__sort_key",), value=lambda t: t.society.name, width=34),
    Column(
        "name", "党组织", ("organisation__name",), value=lambda t: t.organisation.name, width=34
    ),
    Column("begin", "本届起", ("elected_on",), value=lambda t: t.elected_on, width=12),
    Column("state", "状态", value=lambda t: t.state_label, width=14),
    Column("left", "距届满", value=lambda t: t.days_words, width=14),
    Column("filled", "在任 / 职数", css="r", value=lambda t: f"{t.filled} / {t.seats}", width=12),
    Column("secretary", "书记", value=lambda t: t.secretary, width=14),
)
TERM_EXPORT = (
    Column("type", "类型", value=lambda t: t.organisation.get_type_display(), width=18),
    Column("no", "届次", value=lambda t: t.term_no, width=8),
    Column("years", "任期（年）", value=lambda t: t.term_years, width=10),
    Column("mode", "产生方式", value=lambda t: t.get_mode_display(), width=12),
    Column("entitled", "应到会有选举权人数", value=lambda t: t.entitled, width=18),
    Column("present", "实到会有选举权人数", value=lambda t: t.present, width=18),
    Column("number", "批复文号", value=lambda t: t.document_number, width=24),
    Column("extended", "延期至", value=lambda t: t.extended_to, width=12),
    Column("extension", "延期批复文号", value=lambda t: t.extension_number, width=24),
)
FILING_COLUMNS = (
    Column("signed", "报送时间", ("signed_at",)),
    Column("society", "学会", ("society__sort_key",)),
    Column("name", "党组织", ("organisation__name",)),
    Column("kind", "事项", ("kind",)),
    Column("state", "状态", ("state",)),
)


class TermList(PermissionRequired, ScopedListView):
    """任期与班子: the present term of each organisation, the next to end first."""

    permission = READ
    model = Term
    filter_form = TermFilter
    own_columns = TERM_COLUMNS
    template_name = "branches/terms.html"
    fragment_name = "branches/_term_list.html"
    unit = "个"

    def all_rows(self) -> QuerySet[Term]:
        """Present terms with today's state."""
        today, rows = clock.today(), super().all_rows()
        found: Any = rows
        return (
            found.current_on(today)
            .with_state(today)
            .with_filled(today)
            .select_related("society", "organisation")
        )

    def adorn(self, rows: Sequence[Any]) -> None:
        """Words of the state, and the secretary's name."""
        today = clock.today()
        posts = Post.objects.visible_to(self.request.actor).valid_on(today)
        ids = [row.organisation_id for row in rows]
        chiefs = posts.filter(kind=PostKind.SECRETARY, organisation__in=ids)
        names = dict(chiefs.values_list("organisation_id", "person_name"))
        for row in rows:
            row.state_label = TermState(row.state).label
            row.days_words = days_left(row.runs_to, today)
            row.secretary = names.get(row.organisation_id, "")


class TermExport(ListExport, TermList):
    """The filtered list as a workbook."""

    title = "任期与班子"
    export_columns = TERM_EXPORT


class FilingList(PermissionRequired, ScopedListView):
    """Filings: the committee's queue, a society's own."""

    permission = Permission.POST_VIEW
    model = PostFiling
    filter_form = FilingFilter
    own_columns = FILING_COLUMNS
    template_name = "branches/filings.html"
    fragment_name = "branches/_filing_list.html"
    unit = "件"

    def all_rows(self) -> QuerySet[PostFiling]:
        """Filings with their organisation."""
        return super().all_rows().select_related("society", "organisation")
