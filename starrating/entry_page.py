"""What the page of one entry shows, to whom (R-STAR-12)."""

from __future__ import annotations

from typing import Any

from accounts.permissions import Permission
from branches.recusal import is_inside, is_recused
from common import clock
from common.states import open_steps
from common.status import kind_of
from societies.access import Actor
from starrating import states
from starrating.consequences import ENOUGH, weak_twice
from starrating.eyes import part_of, parts_of
from starrating.models import (
    DeliberationVote,
    EntryState,
    RatingEntry,
    RatingObjection,
    RatingStep,
    TieVote,
    Veto,
    VetoRule,
    VetoState,
)
from starrating.places import results_of
from starrating.ties import agreed

S = EntryState
# The steps of the picture, and the states in which each is the present one.
STAGES: tuple[tuple[str, tuple[EntryState, ...]], ...] = (
    ("创建申报", (S.OPEN, S.APPLYING)),
    ("学会自评", (S.APPLIED, S.SELF_TO_SIGN)),
    ("初评", (S.SELF_ASSESSED,)),
    ("审议", (S.PRELIMINARY, S.DELIBERATED)),
    ("公示", (S.PUBLICITY,)),
    ("异议与复核", (S.OBJECTED, S.RE_EXAMINED)),
    ("评定发布", (S.FINAL,)),
)
# Before the list is posted a society reads of the committee's steps only these.
_OPEN_VERBS = {
    states.OPEN,
    states.COMPUTE,
    states.ASSIGN,
    "send_application",
    "sign_application",
    "send_self_assessment",
    "sign_self_assessment",
    "hand_back",
    "give_back",
    "submit_assessment",
    "object",
    states.POST,
    states.FINALISE,
}


def shows_assessment(actor: Actor, entry: RatingEntry) -> bool:
    """The society reads the assessor's points once they are submitted, not before."""
    return not is_inside(actor) or entry.assessed_at is not None


def stages(entry: RatingEntry) -> list[dict[str, Any]]:
    """The steps above the page: done, present, to come."""
    at = next(n for n, (_, found) in enumerate(STAGES) if entry.state in found)
    chosen = entry.round
    notes = (
        f"{chosen.apply_by:%m-%d} 截止",
        f"{chosen.self_by:%m-%d} 截止",
        f"{chosen.assess_by:%m-%d} 截止",
        f"委员 {chosen.members} 人，初评人回避",
        f"不少于 {chosen.publicity_days} 个工作日",
        "公示期内提出，另人复核",
        chosen.document_number or "党委发文",
    )
    final = entry.state == S.FINAL
    return [
        {
            "number": n + 1,
            "label": label,
            "note": note,
            "done": n < at or final,
            "current": n == at and not final,
        }
        for n, ((label, _), note) in enumerate(zip(STAGES, notes, strict=True))
        if n != at - 1 or label != "异议与复核" or entry.objections.exists()
    ]


def open_verbs(actor: Actor, entry: RatingEntry) -> set[str]:
    """The steps whose buttons this actor may be shown."""
    if not entry.round.is_open:
        return set()
    found = open_steps(
        states.TRANSITIONS,
        state=entry.state,
        row=entry,
        permissions=actor.permissions,
        user_id=actor.user.pk,
    )
    steps = RatingStep.objects.visible_to(actor).filter(entry=entry)
    acted = parts_of(steps, actor.user.pk).get(entry.pk, set())
    verbs = {step.verb for step in found if not acted - {part_of(step.verb, entry.state)}}
    if verbs & {"agree", "refer_back"} and _has_voted(actor, entry):
        verbs -= {"agree", "refer_back"}
    if verbs and not is_inside(actor):
        verbs = set() if is_recused(actor.user, entry.society, clock.today()) else verbs
    return verbs


def may_veto(actor: Actor, entry: RatingEntry) -> bool:
    """Whether the page offers to enter a case: while the round is open, to who may judge."""
    if not (entry.round.is_open and actor.may_any(Permission.VETO_PROPOSE)):
        return False
    return not is_recused(actor.user, entry.society, clock.today())


def _has_voted(actor: Actor, entry: RatingEntry) -> bool:
    votes = DeliberationVote.objects.visible_to(actor).filter(entry=entry, by=actor.user)
    turns = set(votes.values_list("turn", flat=True))
    again = entry.state == S.RE_EXAMINED and entry.again_from is not None
    return entry.turn in turns or (again and any(t < (entry.again_from or 0) for t in turns))


def history(actor: Actor, entry: RatingEntry) -> list[dict[str, Any]]:
    """办理记录, newest first; what the committee weighs is read by the society once posted."""
    rows = RatingStep.objects.visible_to(actor).filter(entry=entry).select_related("by")
    if is_inside(actor) and entry.publicity_from is None:
        rows = rows.filter(verb__in=_OPEN_VERBS)
    return [
        {
            "at": row.at,
            "text": " ".join(filter(None, (str(row.by or ""), _step_words(row)))),
            "kind": "ok" if row.to_state != row.from_state else "",
        }
        for row in rows
    ]


def _step_words(row: RatingStep) -> str:
    label = states.VERB_LABELS.get(row.verb, row.verb)
    if row.verb in (states.ADJUST, states.COMPUTE):
        return row.text
    return f"{label}：{row.text}" if row.text else str(label)


def veto_checks(actor: Actor, entry: RatingEntry) -> list[dict[str, Any]]:
    """V1…V9 with what stands against the society this year; only for who may read vetoes."""
    standing = {
        veto.rule_id: veto
        for veto in Veto.objects.visible_to(actor)
        .filter(society=entry.society_id, year=entry.round.year)
        .order_by("pk")
    }
    rules = VetoRule.objects.filter(edition=entry.round.edition_id).order_by("code")
    return [
        {"rule": rule, "veto": standing.get(rule.pk), **_veto_word(standing.get(rule.pk), rule)}
        for rule in rules
    ]


def _veto_word(veto: Veto | None, rule: VetoRule) -> dict[str, str]:
    if veto is None:
        return {"kind": "idle", "word": "无" if rule.supplied else "尚无数据"}
    kinds = {VetoState.PROPOSED: "warn", VetoState.CONFIRMED: "bad"}
    word = "已核定，待确认解除" if veto.lift_waits else veto.get_state_display()
    return {"kind": kinds.get(VetoState(veto.state), "idle"), "word": word}


def is_weak(actor: Actor, entry: RatingEntry) -> bool:
    """Whether a decided entry is the second one in a row below three stars (R-STAR-07)."""
    low = entry.stars is not None and entry.stars < ENOUGH and not entry.round.is_open
    return low and weak_twice(actor, entry.round).filter(pk=entry.pk).exists()


def objections(actor: Actor, entry: RatingEntry) -> list[RatingObjection]:
    """The objections with their answers."""
    rows = RatingObjection.objects.visible_to(actor).filter(entry=entry)
    return list(rows.select_related("by", "answered_by"))


def tie_votes(actor: Actor, entry: RatingEntry) -> list[TieVote]:
    """Who has agreed to its place among equals; the society reads the history instead."""
    if is_inside(actor) or not TieVote.objects.visible_to(actor).filter(entry=entry).exists():
        return []
    return agreed(entry.round, results_of(entry.round)).get(entry.pk, [])


def neighbours(actor: Actor, entry: RatingEntry) -> dict[str, Any]:
    """Where the entry stands among those of its round in the same state; one query."""
    if is_inside(actor):
        return {}
    rows = RatingEntry.objects.visible_to(actor).filter(round=entry.round_id, state=entry.state)
    order = list(rows.order_by("society__sort_key", "pk").values_list("pk", flat=True))
    at = order.index(entry.pk) if entry.pk in order else 0
    return {
        "position": at + 1,
        "queue_length": len(order),
        "previous_pk": order[at - 1] if at else None,
        "next_pk": order[at + 1] if at + 1 < len(order) else None,
    }


def state_kind(entry: RatingEntry) -> tuple[str, str]:
    """Shape and word of the state."""
    word = entry.get_state_display()
    return kind_of(word), word
