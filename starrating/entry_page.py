"""What the page of one entry shows, to whom (R-STAR-12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms

from accounts.permissions import Permission
from common.states import open_steps
from common.status import kind_of
from societies.access import Actor
from starrating import states
from starrating.awarding import COUNTING, points_of
from starrating.eyes import part_of, parts_of
from starrating.models import (
    Criterion,
    DeliberationVote,
    EntryState,
    LineState,
    RatingCategory,
    RatingEntry,
    RatingLine,
    RatingObjection,
    RatingStep,
    SelfWord,
    Veto,
    VetoRule,
    VetoState,
)
from starrating.panel import evidence_of

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
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class LineRow:
    """One line as printed. awarded: what a person put, else the computed points."""

    line: RatingLine
    counts: bool
    note: str
    computed: Decimal
    awarded: Decimal
    reason: str
    evidence: tuple[str, str] | None
    points_field: Any = None
    reason_field: Any = None
    concluded_field: Any = None
    word_field: Any = None
    text_field: Any = None

    @property
    def difference(self) -> Decimal:
        """评定分 − 系统测算分."""
        return self.awarded - self.computed

    @property
    def disputed(self) -> bool:
        """Whether the society disputes it."""
        return self.line.word == SelfWord.DISPUTED


@dataclass(frozen=True)
class Group:
    """A category with its sums."""

    code: str
    title: str
    rows: list[LineRow]

    @property
    def maximum(self) -> Decimal:
        """Points the applicable lines can give."""
        return sum((row.line.maximum for row in self.rows if row.counts), Decimal(0))

    @property
    def computed(self) -> Decimal:
        """Sum of the computed points."""
        return sum((row.computed for row in self.rows if row.counts), Decimal(0))

    @property
    def awarded(self) -> Decimal:
        """Sum of the awarded points."""
        return sum((row.awarded for row in self.rows if row.counts), Decimal(0))

    @property
    def difference(self) -> Decimal:
        """Between both."""
        return self.awarded - self.computed


def shows_assessment(actor: Actor, entry: RatingEntry) -> bool:
    """The society reads the assessor's points once they are submitted, not before."""
    return actor.society_id is None or entry.assessed_at is not None


def groups(
    actor: Actor,
    entry: RatingEntry,
    lines: Sequence[RatingLine],
    form: forms.Form | None,
    *,
    revealed: bool,
) -> list[Group]:
    """The table of lines by category, with the form's fields where there is one."""
    categories = RatingCategory.objects.filter(edition=entry.round.edition_id).order_by()
    titles = dict(categories.values_list("code", "title"))
    places = evidence(actor, entry)
    found = []
    for code, rows in groupby(lines, key=lambda line: line.category):
        mine = [_row(line, form, revealed, places.get(line.code)) for line in rows]
        found.append(Group(code, titles.get(code, ""), mine))
    return found


def evidence(actor: Actor, entry: RatingEntry) -> dict[str, tuple[str, str]]:
    """Where the facts of each line stand, for those whom the pages open for."""
    if not actor.may_any(Permission.SOCIETY_VIEW):
        return {}
    criteria = Criterion.objects.filter(edition=entry.round.edition_id, tree=entry.tree)
    day = date(entry.round.year, 12, 31)
    found = {each.code: evidence_of(actor, entry.society, each, day) for each in criteria}
    return {code: place for code, place in found.items() if place}


def _row(line: RatingLine, form: Any, revealed: bool, place: tuple[str, str] | None) -> LineRow:
    put = points_of(line) if revealed else None
    computed = line.points.quantize(_CENT)
    names = {
        f"{name}_field": f"{name}_{line.code}"
        for name in ("points", "reason", "concluded", "word", "text")
    }
    return LineRow(
        line=line,
        counts=line.state in COUNTING or put is not None,
        note=_note(line),
        computed=computed,
        awarded=computed if put is None else put.quantize(_CENT),
        reason=(line.re_reason or line.assessed_reason) if put is not None else "",
        evidence=place,
        **{
            field: form[name] if form is not None and name in form.fields else None
            for field, name in names.items()
        },
    )


def _note(line: RatingLine) -> str:
    if line.state == LineState.NOT_SUPPLIED:
        return "由评审人评分" if line.reviewed else "门户尚无此项数据来源"
    if line.state == LineState.NOT_APPLICABLE:
        return line.na_rule
    if line.state == LineState.MISSING:
        return "未报，按 0 计"
    return f"得分率 {line.share * 100:.1f}%"


def stages(entry: RatingEntry) -> list[dict[str, Any]]:
    """The steps above the page: done, present, to come."""
    at = next(n for n, (_, found) in enumerate(STAGES) if entry.state in found)
    chosen = entry.round
    notes = (
        f"{chosen.apply_by:%m-%d} 前",
        f"{chosen.self_by:%m-%d} 前",
        f"{chosen.assess_by:%m-%d} 前",
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
    return verbs


def _has_voted(actor: Actor, entry: RatingEntry) -> bool:
    votes = DeliberationVote.objects.visible_to(actor).filter(entry=entry, by=actor.user)
    turns = set(votes.values_list("turn", flat=True))
    again = entry.state == S.RE_EXAMINED and entry.again_from is not None
    return entry.turn in turns or (again and any(t < (entry.again_from or 0) for t in turns))


def history(actor: Actor, entry: RatingEntry) -> list[dict[str, Any]]:
    """办理记录, newest first; what the committee weighs is read by the society once posted."""
    rows = RatingStep.objects.visible_to(actor).filter(entry=entry).select_related("by")
    if actor.society_id is not None and entry.publicity_from is None:
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
    return {"kind": kinds.get(VetoState(veto.state), "idle"), "word": veto.get_state_display()}


def objections(actor: Actor, entry: RatingEntry) -> list[RatingObjection]:
    """The objections with their answers."""
    rows = RatingObjection.objects.visible_to(actor).filter(entry=entry)
    return list(rows.select_related("by", "answered_by"))


def neighbours(actor: Actor, entry: RatingEntry) -> dict[str, Any]:
    """Where the entry stands among those of its round in the same state; one query."""
    if actor.society_id is not None:
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
