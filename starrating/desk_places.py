"""Open tasks about the places of a round: ties, the list, the decision, lifted vetoes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.permissions import Permission as P
from branches.recusal import recused_from
from common.desk import Task
from societies.access import Actor
from starrating.awarding import Result
from starrating.desk_parts import task
from starrating.models import EntryState, RatingEntry, RatingRound, Veto
from starrating.places import results_of, stands
from starrating.ties import agreed, barred

S = EntryState


@dataclass(frozen=True)
class _Places:
    """A round in which nobody but the deciders has anything left to do."""

    round: RatingRound
    entries: list[RatingEntry]

    @cached_property
    def found(self) -> Mapping[int, Result]:
        """The results as they would be posted now."""
        return results_of(self.round, self.entries)

    @property
    def tied(self) -> list[RatingEntry]:
        """Those equal across a cut of whom the committee may still choose."""
        return [entry for entry in self.entries if self.found[entry.pk].tied]

    @property
    def unposted(self) -> list[RatingEntry]:
        """Those whose result has never been posted, or has moved since."""
        return [
            entry
            for entry in self.entries
            if entry.state != S.PUBLICITY or not stands(entry, self.found[entry.pk])
        ]

    @property
    def url(self) -> str:
        """The page on which places are given, posted and decided."""
        return reverse("starrating:places", args=[self.round.pk])


def _ready(actor: Actor, on: date) -> list[_Places]:
    """Open rounds past the self-assessments, with nothing to assess, deliberate or re-examine."""
    undone = RatingEntry.objects.visible_to(actor).filter(round=OuterRef("pk")).undone(on)
    rounds = RatingRound.objects.visible_to(actor).open().filter(~Exists(undone.order_by()))
    rounds = rounds.filter(computed_at__isnull=False, self_by__lt=on).select_related("edition")
    proposed = Veto.objects.visible_to(actor).waiting().filter(year=OuterRef("year"))
    return [
        _Places(chosen, _entries(actor, chosen))
        for chosen in rounds.annotate(is_proposed=Exists(proposed.order_by()))
    ]


def _entries(actor: Actor, chosen: RatingRound) -> list[RatingEntry]:
    return list(RatingEntry.objects.visible_to(actor).filter(round=chosen).order_by("pk"))


def ties(actor: Actor, on: date) -> list[Task]:
    """Member: equals across the cut, until the list falls back on the rule (R-STAR-04)."""
    if not actor.may_any(P.STAR_DELIBERATE):
        return []
    tasks = []
    for each in _ready(actor, on):
        chosen = each.round
        waiting = [e for e in each.tied if e.state == S.DELIBERATED or on <= chosen.deliberate_by]
        if not waiting:
            continue
        out = barred(actor.user, each.tied, on)
        for pk, votes in agreed(chosen, each.found).items():
            if actor.user.pk in {vote.by_id for vote in votes}:
                out.add(pk)
        mine = [entry for entry in waiting if not out & set(each.found[entry.pk].equals)]
        if mine:
            title = f"并列审议 {len(mine)} 家：{chosen}"
            why = f"名额线上并列，{chosen.members} 名委员同意的列入名额；不决定的均列名额线以下"
            due = chosen.deliberate_by
            tasks.append(task(title, why, "待审议", each.url, "去审议", due, on))
    return tasks


def posting(actor: Actor, on: date) -> list[Task]:
    """Reviewer: post what is ready, or has changed since; a tie has to the members' last day."""
    if not actor.may_any(P.STAR_ROUND_OPEN):
        return []
    tasks = []
    for each in _ready(actor, on):
        chosen: Any = each.round
        if chosen.is_proposed:
            continue
        count, tied = len(each.unposted), len(each.tied)
        if not count or (tied and on <= chosen.deliberate_by):
            continue
        again = "重新公示" if chosen.published_at else "公示"
        why = f"{count} 家结果有变化" if chosen.published_at else f"{count} 家待公示，没有未办完的"
        if tied:
            why += f"；名额线上并列的 {tied} 家审议未决定，公示后均列名额线以下"
        tasks.append(task(f"{again}：{chosen}", why, f"待{again}", each.url, "去公示", None, on))
    return tasks


def leader(actor: Actor, on: date) -> list[Task]:
    """Leader: rounds whose publicity is over, and whose list still says what would be decided."""
    if not actor.may_any(P.STAR_DECIDE):
        return []
    tasks = []
    rows = RatingEntry.objects.visible_to(actor).filter(round=OuterRef("pk")).order_by()
    running = rows.filter(Q(publicity_until__gte=on) | ~Q(state=S.PUBLICITY))
    rounds = RatingRound.objects.visible_to(actor).open().filter(published_at__isnull=False)
    for chosen in rounds.filter(~Exists(running)).select_related("edition"):
        each = _Places(chosen, _entries(actor, chosen))
        if not each.unposted:
            title, why = f"评定：{chosen}", "公示期满，异议已复核"
            tasks.append(task(title, why, "待评定", each.url, "去评定", None, on))
    return tasks


def lifts(actor: Actor, on: date) -> list[Task]:
    """Second member: vetoes that the leader proposes to lift (roles.md §3)."""
    if not actor.may_any(P.VETO_SECOND):
        return []
    me = actor.user
    rows = Veto.objects.visible_to(actor).to_lift().select_related("society", "rule")
    acted = Q(proposed_by=me) | Q(stated_by=me) | Q(lift_by=me)
    rows = rows.exclude(society__in=recused_from(me, on)).exclude(acted)
    return [
        task(
            f"一票否决，确认解除：{row.society.name}",
            f"{row.rule.code} {row.rule.title}",
            "待确认",
            reverse("starrating:veto", args=[row.pk]),
            "去确认",
            None,
            on,
        )
        for row in rows
    ]
