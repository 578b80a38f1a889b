"""Those equal across the cut of a quota: who has agreed to one of them, who may (R-STAR-04)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import F

from accounts.models import User
from branches.recusal import recused_from
from starrating.awarding import Result
from starrating.eyes import Part, parts_of
from starrating.models import DeliberationVote, RatingEntry, RatingRound, RatingStep, TieVote

# Who stands in one of these took another part in the entry.
_COLUMNS = (
    "applied_by_id",
    "application_signed_by_id",
    "self_sent_by_id",
    "self_signed_by_id",
    "assessor_id",
    "assessed_by_id",
    "re_examined_by_id",
)


def agreed(chosen: RatingRound, found: Mapping[int, Result]) -> dict[int, list[TieVote]]:
    """Entry → votes for it that count: given since the last of its equals was scored; one query."""
    votes: dict[int, list[TieVote]] = defaultdict(list)
    for vote in TieVote.objects.filter(entry__round=chosen).select_related("by"):
        result = found.get(vote.entry_id)
        if result and result.equals and (result.since is None or vote.at >= result.since):
            votes[vote.entry_id].append(vote)
    return dict(votes)


def barred(user: User, entries: Collection[RatingEntry], on: date) -> set[int]:
    """Entries of which the user stays out when equals are weighed against one another.

    Recused, in another part of its way, or a first deliberator of one that was objected to
    (R-STAR-06). Who stays out of one does not choose among its equals.
    """
    keys = [entry.pk for entry in entries]
    recused = recused_from(user, on)
    parts = parts_of(RatingStep.objects.filter(entry__in=keys), user.pk)
    votes = DeliberationVote.objects.filter(entry__in=keys, by=user)
    first = votes.filter(turn__lt=F("entry__again_from"))
    voted = set(first.order_by().values_list("entry", flat=True))
    return {
        entry.pk
        for entry in entries
        if entry.society_id in recused
        or entry.pk in voted
        or parts.get(entry.pk, set()) - {Part.DELIBERATION}
        or user.pk in {getattr(entry, column) for column in _COLUMNS}
    }
