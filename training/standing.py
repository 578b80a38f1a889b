"""Where a member stands in a year: what is required, what is counted (R-TRN-01, R-TRN-04).

A post adds to the duty of a member and never takes from it: required is the larger of a member's
hours for the months here and an officer's for the months in a post. `training.shares` says the same
of sets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from branches.models import Affiliation, PartyMember, Place, Post, PostKind
from common import clock
from training.hours import ZERO, required, whole_months
from training.models import TrainingEdition, YearHours
from training.newcomers import Induction, Spans, inductions

UNDONE, DONE, NOTHING_ASKED = "进行中", "已完成", "不适用"


@dataclass(frozen=True)
class Standing:
    """required: of the whole year, as far as membership and posts are known today; None without
    an edition. months: the whole months that `required` is for. in_post: whether a post was held
    for a whole month of the year; by_post: whether it is the post that asks for more.
    concentrated_required: how many 集中培训, of who holds a post. induction: of a new secretary.
    """

    required: Decimal | None
    months: int
    in_post: bool
    hours: YearHours | None
    by_post: bool = False
    concentrated_required: int = 0
    induction: Induction | None = None

    @property
    def counted(self) -> Decimal:
        """What the year amounts to so far."""
        return self.hours.counted if self.hours else ZERO

    @property
    def concentrated(self) -> int:
        """How many 集中培训."""
        return self.hours.concentrated if self.hours else 0

    @property
    def missing(self) -> Decimal | None:
        """What is still to complete; nothing below zero."""
        return None if self.required is None else max(self.required - self.counted, ZERO)

    @property
    def done(self) -> bool:
        """Whether the hours of the year are complete, and the 集中培训 (R-TRN-01)."""
        trained = self.concentrated >= self.concentrated_required
        return self.missing is not None and not self.missing and trained

    @property
    def said(self) -> str:
        """已完成, 进行中 or 不适用."""
        if self.required is None:
            return NOTHING_ASKED
        return DONE if self.done else UNDONE


def standings(
    members: Sequence[PartyMember], year: int, edition: TrainingEdition | None
) -> dict[int, Standing]:
    """Member → where he or she stands; four statements for any number.

    A member's months are those in which the relation lies in the society, an officer's those in a
    post; months to come count as long as neither has an end (R-TRN-04).
    """
    ids = [each.pk for each in members]
    stored = {row.member_id: row for row in YearHours.objects.filter(member__in=ids, year=year)}
    here = _spans(Affiliation.objects.filter(member__in=ids, place=Place.HERE))
    held = list(Post.objects.filter(member__in=ids))
    posts = _spans(held)
    led = _spans(post for post in held if post.kind == PostKind.SECRETARY)
    new = inductions(led, year, edition)
    return {
        pk: _standing(here[pk], posts[pk], year, edition, stored.get(pk), new.get(pk)) for pk in ids
    }


def _spans(rows: Iterable) -> dict[int, Spans]:
    found: dict[int, Spans] = defaultdict(list)
    for row in rows:
        found[row.member_id].append((row.valid_from, row.valid_to))
    return found


def _standing(
    here: Spans,
    posts: Spans,
    year: int,
    edition: TrainingEdition | None,
    hours: YearHours | None,
    induction: Induction | None,
) -> Standing:
    until = date(year, 12, 31)
    months, in_post = whole_months(here, year, until), whole_months(posts, year, until)
    if edition is None:
        return Standing(None, months, bool(in_post), hours)
    if not months:
        # The relation lies elsewhere: the hours are required there (trap 4).
        return Standing(None, 0, bool(in_post), hours, induction=induction)
    rules = edition.rules
    as_member = required(rules.member_hours, months)
    as_officer = required(rules.officer_hours, in_post)
    by_post = as_officer > as_member
    return Standing(
        max(as_member, as_officer),
        in_post if by_post else months,
        bool(in_post),
        hours,
        by_post,
        rules.officer_concentrated if in_post and _held_on(posts, min(until, clock.today())) else 0,
        induction,
    )


def _held_on(spans: Spans, day: date) -> bool:
    return any(begins <= day and (ends is None or day < ends) for begins, ends in spans)
