"""任期与班子 of an organisation, read for pages (§2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from accounts.permissions import Permission, ScopeKind
from branches.actions.party_groups import TYPES as TYPES_WITH_GROUPS
from branches.models import (
    PartyGroup,
    PartyMember,
    PartyOrganisation,
    Post,
    PostFiling,
    Term,
    TermState,
)
from branches.rules import BRANCH_TYPES, COMMITTEE_SEATS, VACANCY_DAYS, needs_branch_committee
from common.desk import days_left
from societies.access import Actor


@dataclass(frozen=True)
class CurrentTerm:
    """The present term as a page says it.

    filled: persons in office. empty_since: None also for readers who do not see the posts.
    """

    term: Term
    state: str
    words: str
    filled: int
    empty_since: date | None

    @property
    def empty(self) -> int:
        """Seats without a person."""
        return max(self.term.seats - self.filled, 0)

    @property
    def kind(self) -> str:
        """The state's word."""
        return str(TermState(self.state).label)


def current_term(
    actor: Actor, organisation: PartyOrganisation, posts: Sequence[Post], on: date
) -> CurrentTerm | None:
    """The present term with its state on a day; posts: all of the organisation's."""
    rows: Any = Term.objects.visible_to(actor).filter(organisation=organisation).current_on(on)
    term = rows.with_state(on).with_filled(on).first()
    if term is None:
        return None
    known = actor.may_any(Permission.POST_VIEW)
    since = empty_since(term, posts, on) if known and term.filled < term.seats else None
    return CurrentTerm(term, term.state, days_left(term.runs_to, on), term.filled, since)


def empty_since(term: Term, posts: Iterable[Post], on: date) -> date:
    """The day since which a seat of the term has been empty without a break, up to `on`.

    posts: those of the organisation. Two posts of one person are one seat.
    """
    days = {term.elected_on}
    for post in posts:
        days |= {day for day in (post.valid_from, post.valid_to) if day and day <= on}
    since = on
    for day in sorted((d for d in days if d >= term.elected_on), reverse=True):
        if len(_in_office(posts, day)) >= term.seats:
            break
        since = day
    return since


def _in_office(posts: Iterable[Post], on: date) -> set[str]:
    return {
        post.person_name
        for post in posts
        if post.valid_from <= on and (post.valid_to is None or post.valid_to > on)
    }


def long_vacancies(terms: Sequence[Any], on: date) -> list[tuple[Any, date]]:
    """Of present terms with `filled`, those with a seat empty for more than 60 days (§2.2)."""
    short = [term for term in terms if term.filled < term.seats]
    ids = [term.organisation_id for term in short]
    rows = Post.objects.filter(organisation__in=ids).order_by("organisation_id")
    posts = {key: list(part) for key, part in groupby(rows, lambda post: post.organisation_id)}
    found = [(t, empty_since(t, posts.get(t.organisation_id, []), on)) for t in short]
    return [(term, since) for term, since in found if on - since > timedelta(days=VACANCY_DAYS)]


def committee_wanting(
    actor: Actor, organisation: PartyOrganisation, current: CurrentTerm | None, on: date
) -> int | None:
    """Full members of a branch that ought to have a 支部委员会 and has none (R-ORG-06).

    By the register: confirmed, with their relation there. None where nothing is wanting, and for
    who may know neither members nor their number.
    """
    if organisation.type not in BRANCH_TYPES or (current and current.term.seats >= COMMITTEE_SEATS):
        return None
    counts = (Permission.MEMBER_VIEW, Permission.MEMBER_COUNT)
    if not any(actor.may(permission, organisation) for permission in counts):
        return None
    roll = PartyMember.objects.of_organisation(organisation.pk, on).counted().present_on(on)
    full = roll.filter(relation_here=True).full_on(on).count()
    return full if needs_branch_committee(full) else None


def term_panel(actor: Actor, organisation: PartyOrganisation, on: date) -> dict[str, Any]:
    """What the organisation's page shows of terms, posts, party groups and filings."""
    posts = list(Post.objects.visible_to(actor).filter(organisation=organisation).in_order())
    in_office = [p for p in posts if p.valid_from <= on and (not p.valid_to or p.valid_to > on)]
    filings = PostFiling.objects.visible_to(actor).filter(organisation=organisation)
    groups = PartyGroup.objects.visible_to(actor).filter(organisation=organisation)
    standing = organisation.dissolved_on is None or organisation.dissolved_on > on
    current = current_term(actor, organisation, posts, on)
    return {
        "current": current,
        "committee_wanting": standing and committee_wanting(actor, organisation, current, on),
        "posts": in_office,
        "former_posts": [post for post in posts if post.valid_to and post.valid_to <= on],
        "terms": Term.objects.visible_to(actor).filter(organisation=organisation).latest_first(),
        "filings": filings.open(),
        "party_groups": groups,
        "has_groups": organisation.type in TYPES_WITH_GROUPS,
        "may_file": standing and may_file(actor, organisation),
        "may_edit_groups": standing and actor.may(Permission.PARTY_GROUP_EDIT, organisation),
    }


def may_file(actor: Actor, organisation: PartyOrganisation) -> bool:
    """Whether the actor files for it: its own secretary, or the clerk of the lead (R-OWN-03)."""
    scope = actor.scope(Permission.POST_FILE)
    if scope.kind == ScopeKind.SOCIETY:
        return organisation.society_id in scope.ids
    return scope.kind == ScopeKind.ORGANISATION and organisation.pk in scope.ids
