"""Writing a filing about terms and posts: draft, change, withdraw (UB and UC, roles.md §3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.permissions import Permission, ScopeKind
from branches import states
from branches.actions.checks import check_version
from branches.models import (
    FilingKind,
    PartyOrganisation,
    PostFiling,
    PostFilingSeat,
    PostFilingState,
    Term,
)
from common import clock
from common.errors import ActionRefused, NotAllowed
from common.refusals import refusals
from common.states import Transition, check_step
from societies.access import Actor

_MEETING = ("held_on", "mode", "entitled", "present", "document_number")
# The columns each kind asks for; everything else of a filing is the procedure's.
VALUES: dict[str, tuple[str, ...]] = {
    FilingKind.RE_ELECTION: (
        *_MEETING,
        *("term_no", "term_years", "council_ends_on", "seats", "more_seats_reason"),
    ),
    FilingKind.BY_ELECTION: _MEETING,
    FilingKind.REMOVAL: ("held_on", "document_number"),
    FilingKind.EXTENSION: ("extended_to", "reason"),
}
PERSON = ("kind", "also_kind", "person_name", "mode", "votes")
LEAD_ONLY = "联合党组织的任期与职务由牵头学会报送"


def require_filer(by: Actor, organisation: PartyOrganisation) -> None:
    """Raise NotAllowed unless the actor files for this organisation.

    A joint organisation is seen by all it serves and filed for by its lead alone (R-OWN-03).
    """
    by.require(Permission.POST_FILE, organisation)
    scope = by.scope(Permission.POST_FILE)
    if scope.kind == ScopeKind.SOCIETY and organisation.society_id not in scope.ids:
        raise NotAllowed(LEAD_ONLY)


@transaction.atomic
def begin_filing(
    *,
    organisation: PartyOrganisation,
    kind: FilingKind,
    values: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]] = (),
    by: Actor,
    now: datetime,
) -> PostFiling:
    """A new draft. values: by column of VALUES; rows: see `save_filing`.

    Raises NotAllowed, ActionRefused if another filing of this kind is under way.
    """
    require_filer(by, organisation)
    today = clock.day_of(now)
    if organisation.dissolved_on and organisation.dissolved_on <= today:
        raise ActionRefused(f"该党组织已于 {organisation.dissolved_on} 撤销")
    filing = PostFiling(organisation=organisation, society_id=organisation.society_id, kind=kind)
    if kind in (FilingKind.BY_ELECTION, FilingKind.EXTENSION):
        filing.term = Term.objects.filter(organisation=organisation).latest_first().first()
    _fill(filing, values)
    with refusals(PostFiling):
        filing.full_clean(exclude=["organisation", "society", "term"])
        filing.save()
    _write_rows(filing, rows)
    return filing


@transaction.atomic
def save_filing(
    *,
    filing: PostFiling,
    row_version: int | None,
    values: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]] = (),
    by: Actor,
    now: datetime,
) -> PostFiling:
    """Change a draft or a returned filing.

    rows: persons with the columns of PERSON, `position` and maybe `member` (of the register, whose
    name they then bear), or `post` and `position` for a removal; they replace the former ones.
    Raises NotAllowed, ActionRefused, Conflict.
    """
    filing = lock_filing(filing.pk)
    by.require(Permission.POST_FILE, filing)
    if not filing.is_editable:
        label = PostFilingState(filing.state).label
        raise ActionRefused(f"本报送{label}，现在不能修改")
    check_version(filing, row_version)
    _fill(filing, values)
    filing.row_version += 1
    with refusals(PostFiling):
        filing.full_clean(exclude=["organisation", "society", "term"])
        filing.save()
    filing.seat_rows.all().delete()
    _write_rows(filing, rows)
    return filing


@transaction.atomic
def withdraw_filing(
    *, filing: PostFiling, row_version: int | None = None, by: Actor, now: datetime
) -> PostFiling:
    """Give a draft or returned filing up; it stays on record.

    row_version: as it was shown, None where no page stands between. Raises NotAllowed,
    ActionRefused, Conflict.
    """
    filing = lock_filing(filing.pk)
    check_filing_step(states.WITHDRAW, filing, by)
    check_version(filing, row_version)
    filing.state = PostFilingState.WITHDRAWN
    filing.row_version += 1
    filing.save()
    return filing


def lock_filing(pk: int) -> PostFiling:
    """The filing, locked until the transaction ends; every verb works on what this returns."""
    rows = PostFiling.objects.select_for_update(of=("self",))
    return rows.select_related("organisation__society", "term").get(pk=pk)


def lock_organisation_of(filing: PostFiling) -> None:
    """Also lock the organisation: two acceptances about it follow each other."""
    rows = PartyOrganisation.objects.select_for_update(of=("self",), no_key=True)
    filing.organisation = rows.select_related("society").get(pk=filing.organisation_id)


def check_filing_step(transition: Transition, filing: PostFiling, by: Actor, **inputs: Any) -> None:
    """`common.states.check_step` for a locked filing."""
    if transition not in states.transitions(filing.kind):
        raise ActionRefused(f"{filing.get_kind_display()}报送没有“{transition.label}”这一环节")
    check_step(
        transition,
        state=filing.state,
        row=filing,
        may=by.may(Permission(transition.permission), filing),
        user_id=by.user.pk,
        **inputs,
    )


def _fill(filing: PostFiling, values: Mapping[str, Any]) -> None:
    if unknown := set(values) - set(VALUES[filing.kind]):
        raise LookupError(sorted(unknown))
    for name, value in values.items():
        setattr(filing, name, value.strip() if isinstance(value, str) else value)


def _write_rows(filing: PostFiling, rows: Iterable[Mapping[str, Any]]) -> None:
    removal = filing.kind == FilingKind.REMOVAL
    names = ("post",) if removal else PERSON
    found = []
    for row in rows:
        seat = PostFilingSeat(filing=filing, position=row["position"])
        for name in names:
            value = row[name]
            setattr(seat, name, value.strip() if isinstance(value, str) else value)
        if not removal:
            seat.member = row.get("member")
            seat.person_name = seat.person_name or (seat.member.name if seat.member else "")
        else:
            seat.kind, seat.person_name = seat.post.kind, seat.post.person_name  # type: ignore[union-attr]
        found.append(seat)
    PostFilingSeat.objects.bulk_create(found)
