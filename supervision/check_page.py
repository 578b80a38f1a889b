"""What the pages of a spot check show: answers by heads, how far it is, which steps are open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.contrib.postgres.functions import RandomUUID
from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.permissions import Permission, Role
from common import clock
from common.states import open_steps
from societies.access import Actor
from supervision import check_states
from supervision.models import Answer, AnswerPhoto, AnswerValue, CheckState, CheckStep, SpotCheck

KINDS = {
    AnswerValue.CONFORM: "ok",
    AnswerValue.MOSTLY: "warn",
    AnswerValue.NOT: "bad",
    AnswerValue.NA: "idle",
}
ANSWERABLE = (CheckState.PLANNED, CheckState.IN_PROGRESS)


@dataclass
class Head:
    """Items of one head; answered: how many are whole."""

    name: str
    rows: list[Answer] = field(default_factory=list)
    answered: int = 0


@dataclass
class Sheet:
    """All answers of a check; following: the first item that is not whole yet."""

    heads: list[Head] = field(default_factory=list)
    total: int = 0
    answered: int = 0
    not_conform: int = 0
    mostly: int = 0
    following: Answer | None = None

    @property
    def percent(self) -> int:
        """How much is answered, rounded down; 0 before the start."""
        return 100 * self.answered // self.total if self.total else 0

    @property
    def left(self) -> int:
        """Items that are missing or half-finished."""
        return self.total - self.answered

    def tally(self) -> dict[str, int]:
        """The figures that the phone page refreshes after each save."""
        return {
            "answered": self.answered,
            "total": self.total,
            "left": self.left,
            "not": self.not_conform,
            "mostly": self.mostly,
            "percent": self.percent,
        }


def sheet(rows: Iterable[Answer]) -> Sheet:
    """Answers in the order of the checklist, with their items."""
    found = Sheet()
    for row in rows:
        if not found.heads or found.heads[-1].name != row.item.head:
            found.heads.append(Head(row.item.head))
        head = found.heads[-1]
        head.rows.append(row)
        found.total += 1
        found.not_conform += row.value == AnswerValue.NOT
        found.mostly += row.value == AnswerValue.MOSTLY
        if row.lacks:
            found.following = found.following or row
        else:
            head.answered += 1
            found.answered += 1
    return found


_WHOLE = Q(answers__value="conform") | (~Q(answers__value="") & ~Q(answers__note=""))


def with_progress(rows: QuerySet[SpotCheck], actor: Actor) -> QuerySet[SpotCheck]:
    """total: items of a started check, 0 before; answered: those that are whole.

    Both of what the actor reads: 0 for the society until the check goes to signing.
    """
    mine = Q(answers__in=Answer.objects.visible_to(actor).order_by().values("pk"))
    return rows.annotate(
        total=Count("answers", filter=mine, distinct=True),
        answered=Count("answers", filter=mine & _WHOLE, distinct=True),
    )


def answers_of(actor: Actor, check: SpotCheck) -> Sheet:
    """The check's answers as far as this actor reads them."""
    rows = Answer.objects.visible_to(actor).filter(spot_check=check)
    photos = AnswerPhoto.objects.visible_to(actor).only("answer_id")
    # photo_key: of the file that may be added next, so that a doubled send adds it once.
    rows = rows.prefetch_related(Prefetch("photos", photos)).annotate(photo_key=RandomUUID())
    return sheet(rows.select_related("item", "answered_by", "ruling").order_by("item__position"))


def is_early(check: SpotCheck, on: date) -> bool:
    """Whether an inspector can say no more yet than that he stays out (R-SUP-03)."""
    return check.state in ANSWERABLE and on < check.batch.on_site_from


def open_verbs(actor: Actor, check: SpotCheck) -> set[str]:
    """The steps that this actor may take now; the action checks again."""
    rights = frozenset(t.permission for t in check_states.TRANSITIONS if _may(actor, t, check))
    steps = open_steps(
        check_states.TRANSITIONS,
        state=check.state,
        row=check,
        permissions=rights,
        user_id=actor.user.pk,
    )
    taken = set(
        CheckStep.objects.filter(spot_check=check, by=actor.user).values_list("verb", flat=True)
    )
    verbs = {t.verb for t in steps if not taken.intersection(check_states.others(t.verb))}
    return verbs - _not_now(actor, check)


def _may(actor: Actor, transition: check_states.Transition, check: SpotCheck) -> bool:
    return check.batch.closed_at is None and actor.may(Permission(transition.permission), check)


def _not_now(actor: Actor, check: SpotCheck) -> set[str]:
    """Steps whose state is right but whose turn it is not."""
    signed = set(check.signatures.values_list("signed_by_id", flat=True))
    barred: set[str] = set()
    if len(signed) < 2:
        barred |= {check_states.SIGN_SOCIETY.verb, check_states.RECORD_UNSIGNED.verb}
    if clock.today() <= check.batch.on_site_to:
        barred.add(check_states.RECORD_UNSIGNED.verb)
    if check.batch.notified_at is None or clock.today() < check.batch.on_site_from:
        barred.add(check_states.RECORD_BARRED.verb)
    if actor.user.pk in signed:
        barred.add(check_states.SIGN.verb)
    return barred | _not_from(actor, check) if actor.role == Role.INSPECTOR else barred


def _not_from(actor: Actor, check: SpotCheck) -> set[str]:
    """Steps that this inspector's seat does not take now."""
    seats = check.seats.living().filter(user=actor.user, appointment=actor.appointment)
    seat = seats.first()
    barred: set[str] = set()
    if seat is None or seat.declared_at is None:
        barred |= {check_states.SIGN.verb, check_states.REOPEN.verb}
    if seat is None or seat.declared_at is not None or seat.recusal:
        barred.add(check_states.DECLARE.verb)
    if seat is None or seat.recusal:
        barred.add(check_states.RECUSE.verb)
    return barred


def history(actor: Actor, check: SpotCheck) -> list[tuple[str, CheckStep]]:
    """The steps in words, the latest first."""
    rows = CheckStep.objects.visible_to(actor).filter(spot_check=check)
    rows = rows.select_related("by", "appointment")
    return [(check_states.VERB_LABELS[row.verb], row) for row in rows]
