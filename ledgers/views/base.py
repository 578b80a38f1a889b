"""What every page of one version starts with."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.permissions import Permission
from common import clock
from common.once import FIELD, new_token
from common.states import open_steps
from ledgers import states
from ledgers.forms.procedure import last_return, process, state_word
from ledgers.forms.sheet import CODES, Sheet
from ledgers.forms.wording import due_words
from ledgers.models import FilingWindow, Ledger, LedgerPeriod, LedgerState
from ledgers.windows import locked_out, not_abandonable, too_early
from societies.decorators import ActorRequest

LEDGER_JOINS = (
    "society",
    "period__edition",
    "sent_by",
    "signed_by",
    "reviewed_by",
    "decided_by",
    "returned_by",
)


def visible_ledger(request: ActorRequest, pk: int) -> Ledger:
    """The version, or 404 outside the reader's scope."""
    rows = Ledger.objects.visible_to(request.actor).select_related(*LEDGER_JOINS)
    return get_object_or_404(rows, pk=pk)


def may_edit(request: ActorRequest, ledger: Ledger) -> bool:
    """Whether this actor fills this version in now (R-LED-08)."""
    return ledger.is_editable and request.actor.may(Permission.LEDGER_EDIT, ledger)


def steps_open(request: ActorRequest, ledger: Ledger) -> set[str]:
    """The verbs whose buttons the page shows, from the table of the procedure."""
    steps = open_steps(
        states.TRANSITIONS,
        state=ledger.state,
        row=ledger,
        permissions=request.actor.permissions,
        user_id=request.actor.user.pk,
    )
    return {step.verb for step in steps}


def head_context(request: ActorRequest, ledger: Ledger) -> dict[str, Any]:
    """Title, state, deadline words and open steps of a version."""
    return {
        "ledger": ledger,
        "state_word": state_word(ledger),
        "due_words": due_words(ledger.period, clock.today()),
        "open": steps_open(request, ledger),
        "shows_society": request.actor.society_id is None,
        "token_name": FIELD,
        "form_token": new_token(),
    }


def more_steps(request: ActorRequest, ledger: Ledger) -> dict[str, bool]:
    """What the clerk may do besides: ask for a 更正 or give one up, ask for leave to file late."""
    actor = request.actor
    newer = (
        Ledger.objects.visible_to(actor)
        .standing()
        .filter(
            society_id=ledger.society_id, period_id=ledger.period_id, version__gt=ledger.version
        )
    )
    accepted = ledger.state == LedgerState.ACCEPTED
    periods = LedgerPeriod.objects.visible_to(actor).filter(pk=ledger.period_id)
    return {
        "may_restate": accepted and actor.may_any(Permission.LEDGER_SEND) and not newer.exists(),
        "may_abandon": not not_abandonable(ledger) and actor.may(Permission.LEDGER_SEND, ledger),
        "may_request_lock": actor.may_any(Permission.LOCK_REQUEST)
        and ledger.period.window(clock.today()) == FilingWindow.CLOSED
        and periods.owed_by(ledger.society_id).exists(),
    }


def side_context(sheet: Sheet, *, named: bool) -> dict[str, Any]:
    """The panels beside a table. named: whether the reader is told who (roles.md §2.9)."""
    ledger = sheet.ledger
    editors = [row.saved_by for row in sheet.sections.values() if row.saved_by]
    return {
        "process": process(ledger, str(editors[0]) if editors else "", named=named),
        "last_return": last_return(ledger, named=named),
        "checks": sheet,
    }


def filing_refusal(ledger: Ledger) -> str:
    """Why 送审签 is not possible today, or nothing."""
    now = clock.now()
    return too_early(ledger, now) or locked_out(ledger, now) or ""


def section_code(number: int) -> str:
    """1 … 5 → the table's code; raises LookupError."""
    if not 1 <= number <= len(CODES):
        raise LookupError(number)
    return CODES[number - 1]


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asked for a fragment."""
    return bool(getattr(request, "htmx", False))
