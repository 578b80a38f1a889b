"""The form of a filing with its rows of persons; the actions of this room check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BaseFormSet

from branches import rules
from branches.actions.filings import VALUES
from branches.filing_checks import WITH_PERSONS
from branches.forms_persons import MOST_PEOPLE, PersonRows, ask
from branches.models import (
    FilingKind,
    OrganisationType,
    PartyMember,
    PartyOrganisation,
    Post,
    PostFiling,
    TermMode,
)
from common.errors import NON_FIELD, ActionRefused
from common.formpages import VersionedForm

NUMBER_HINT = "如 科社党〔2026〕12号"
ROWS = "seats"


class FilingForm(VersionedForm):
    """A filing; valid together with its rows of persons, if it has any."""

    rows: BaseFormSet | None = None

    def is_valid(self) -> bool:
        """Whether form and rows are; wrong rows are counted above the form."""
        alone = super().is_valid()
        if self.rows is None or not self.is_bound or self.rows.is_valid():
            return alone
        said = [str(error) for error in self.rows.non_form_errors()]
        wrong = sum(bool(row.errors) for row in self.rows.forms)
        self.add_error(None, said or f"人选有 {wrong} 行需要更正，见下")
        return False


class MeetingValues(forms.Form):
    """An election meeting or an appointment; the action asks by the way chosen (R-ORG-08)."""

    held_on = forms.DateField(label="日期")
    mode = forms.ChoiceField(
        label="产生方式",
        choices=TermMode.choices,
        initial=TermMode.ELECTED,
        widget=forms.RadioSelect,
    )
    entitled = forms.IntegerField(
        label="应到会有选举权人数",
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text="选举产生的填写；预备党员没有选举权",
    )
    present = forms.IntegerField(
        label="实到会有选举权人数",
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text="选举产生的填写；不少于应到的五分之四",
    )
    document_number = forms.CharField(
        label="批复（任命）文号", required=False, max_length=50, help_text=NUMBER_HINT
    )


class ReElectionForm(FilingForm, MeetingValues):
    """换届: the term and its committee."""

    held_on = forms.DateField(label="换届（选举、任命）日期")
    term_no = forms.IntegerField(label="届次", min_value=1, max_value=200, help_text="第几届")
    term_years = forms.IntegerField(label="任期（年）", min_value=1, max_value=rules.MAX_TERM_YEARS)
    seats = forms.IntegerField(
        label="委员会职数",
        min_value=0,
        max_value=rules.MAX_SEATS,
        help_text="含书记；不设委员会的填 1。正式党员 7 人以上的支部设 3 至 5 人",
    )
    more_seats_reason = forms.CharField(label="职数超过 7 人的理由", required=False, max_length=200)
    council_ends_on = forms.DateField(
        label="理事会届满日期", required=False, help_text="随理事会任期的学会党委填写，按此日提醒"
    )


class ByElectionForm(FilingForm, MeetingValues):
    """补选: persons for empty seats of the present term."""

    held_on = forms.DateField(label="补选（任命）日期")


class RemovalForm(FilingForm):
    """免职: whose posts end."""

    posts = forms.ModelMultipleChoiceField(
        Post.objects.none(), label="离任的职务", widget=forms.CheckboxSelectMultiple
    )
    held_on = forms.DateField(label="最后在任日", help_text="当日仍在任")
    document_number = forms.CharField(
        label="文号", required=False, max_length=50, help_text=NUMBER_HINT
    )


class ExtensionForm(FilingForm):
    """延期换届: until when, and why."""

    extended_to = forms.DateField(label="延期至", help_text="当日仍在任期内；最长 12 个月")
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


FORMS: dict[str, type[FilingForm]] = {
    FilingKind.RE_ELECTION: ReElectionForm,
    FilingKind.BY_ELECTION: ByElectionForm,
    FilingKind.REMOVAL: RemovalForm,
    FilingKind.EXTENSION: ExtensionForm,
}


class FilingPage:
    """The form of one filing with its rows of persons, bound to what was sent.

    `rows` is None for kinds without persons.
    """

    def __init__(
        self,
        kind: FilingKind,
        organisation: PartyOrganisation,
        data: Any = None,
        filing: PostFiling | None = None,
        initial: Mapping[str, Any] | None = None,
        posts: QuerySet[Post] | None = None,
        members: Sequence[PartyMember] = (),
    ) -> None:
        self.kind, self.filing = kind, filing
        values = dict(initial or {}) | ({} if filing is None else _values(filing))
        self.form = FORMS[kind](data, initial={"row_version": 0} | values)
        self._fit(organisation, posts)
        if kind in WITH_PERSONS:
            self.form.rows = PersonRows(
                data, prefix=ROWS, initial=_persons(filing), form_kwargs={"members": members}
            )

    @property
    def rows(self) -> BaseFormSet | None:
        """The rows of persons."""
        return self.form.rows

    def _fit(self, organisation: PartyOrganisation, posts: QuerySet[Post] | None) -> None:
        """Leave out what the organisation's type is not asked."""
        fields = self.form.fields
        if organisation.type != OrganisationType.FUNCTIONAL_COMMITTEE:
            fields.pop("council_ends_on", None)
        if organisation.type not in rules.BRANCH_TYPES:
            fields.pop("more_seats_reason", None)
        if organisation.type == OrganisationType.TEMPORARY_BRANCH:
            for name in ("term_no", "term_years", "seats", "entitled", "present"):
                fields.pop(name, None)
        ask(self.form, "entitled", "present")
        if posts is not None:
            fields["posts"].queryset = posts  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What the action takes, by column."""
        cleaned = self.form.cleaned_data
        names = [name for name in VALUES[self.kind] if name in self.form.fields]
        return {name: cleaned[name] for name in names}

    def seats(self) -> list[dict[str, Any]]:
        """The rows filled in; `position` is the row of the page, so that errors find it."""
        if self.kind == FilingKind.REMOVAL:
            posts = self.form.cleaned_data["posts"]
            return [{"position": n, "post": post} for n, post in enumerate(posts)]
        if self.rows is None:
            return []
        found = []
        for position, row in enumerate(self.rows.forms):
            if row not in self.rows.deleted_forms and _said(row.cleaned_data):
                member = self._member(row)
                found.append(row.cleaned_data | {"position": position, "member": member})
        return found

    def _member(self, row: Any) -> PartyMember | None:
        """Who it is; the choice made before where the page offers none (no right to the roll)."""
        if "member" in row.fields:
            chosen: PartyMember | None = row.cleaned_data["member"]
            return chosen
        before = {} if self.filing is None else self._before
        return before.get(row.cleaned_data["person_name"])

    @cached_property
    def _before(self) -> dict[str, PartyMember]:
        rows = self.filing.seat_rows.select_related("member") if self.filing else ()
        return {row.person_name: row.member for row in rows if row.member}

    def place(self, refused: ActionRefused) -> ActionRefused:
        """Put what an action says of a row at that row; returns what is left for the form."""
        left: dict[str, list[str]] = {}
        lines = 0
        for name, words in refused.errors.items():
            row, column = self._row(name)
            if row is None:
                left[name] = words
                continue
            lines += 1
            for word in words:
                row.add_error(column, word)
        if lines:
            left.setdefault(NON_FIELD, []).append(f"人选有 {lines} 处需要更正，见下")
        return ActionRefused(left)

    def _row(self, name: str) -> tuple[Any, str]:
        head, _, rest = name.partition("-")
        if head != ROWS or self.rows is None:
            return None, ""
        number, _, column = rest.partition("-")
        row = self.rows.forms[int(number)]
        return row, column if column in row.fields else "person_name"


def _said(row: Mapping[str, Any]) -> bool:
    """Whether a row says anything of a person; the way of coming into office alone does not."""
    names = ("kind", "member", "person_name", "also_kind", "votes")
    return any(row.get(name) not in ("", None) for name in names)


def _values(filing: PostFiling) -> dict[str, Any]:
    values = {name: getattr(filing, name) for name in VALUES[filing.kind]}
    if filing.kind == FilingKind.REMOVAL:
        values["posts"] = [row.post_id for row in filing.seat_rows.all()]
    return values | {"row_version": filing.row_version}


def _persons(filing: PostFiling | None) -> list[dict[str, Any]]:
    if filing is None:
        return []
    names = ("kind", "person_name", "also_kind", "mode", "votes", "member_id")
    return [
        {name.removesuffix("_id"): getattr(row, name) for name in names}
        for row in filing.seat_rows.all()
    ]
