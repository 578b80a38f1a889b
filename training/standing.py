"""Where a member stands in a year: what is required, what is counted (R-TRN-01, R-TRN-04)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from branches.models import Affiliation, PartyMember, Place, Post
from training.hours import ZERO, required, whole_months
from training.models import TrainingEdition, YearHours

Spans = list[tuple[date, date | None]]


@dataclass(frozen=True)
class Standing:
    """required: of the whole year, as far as membership and posts are known today; None without
    an edition. officer: whether a post in the year asks for more. months: whole months counted.
    """

    required: Decimal | None
    months: int
    officer: bool
    hours: YearHours | None
    concentrated_required: int = 0

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
        """Whether the hours of the year are complete."""
        return self.missing is not None and not self.missing


def standings(
    members: Sequence[PartyMember], year: int, edition: TrainingEdition | None
) -> dict[int, Standing]:
    """Member → where he or she stands; three statements for any number.

    A member's months are those in which the relation lies in the society, an officer's those in a
    post; months to come count as long as neither has an end (R-TRN-04).
    """
    ids = [each.pk for each in members]
    stored = {row.member_id: row for row in YearHours.objects.filter(member__in=ids, year=year)}
    here = _spans(Affiliation.objects.filter(member__in=ids, place=Place.HERE))
    posts = _spans(Post.objects.filter(member__in=ids))
    return {pk: _standing(here[pk], posts[pk], year, edition, stored.get(pk)) for pk in ids}


def _spans(rows: Iterable) -> dict[int, Spans]:
    found: dict[int, Spans] = defaultdict(list)
    for row in rows:
        found[row.member_id].append((row.valid_from, row.valid_to))
    return found


def _standing(
    here: Spans, posts: Spans, year: int, edition: TrainingEdition | None, hours: YearHours | None
) -> Standing:
    until = date(year, 12, 31)
    in_post = whole_months(posts, year, until)
    months = in_post or whole_months(here, year, until)
    if edition is None:
        return Standing(None, months, bool(in_post), hours)
    rules = edition.rules
    asked = rules.officer_hours if in_post else rules.member_hours
    if not whole_months(here, year, until):
        # The relation lies elsewhere: the hours are required there (trap 4).
        return Standing(None, 0, bool(in_post), hours)
    times = rules.officer_concentrated if in_post else 0
    return Standing(required(asked, months), months, bool(in_post), hours, times)
