"""The page of one entry, the same for everybody in scope, and how its steps are taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission as P
from branches.recusal import is_inside
from common import clock
from common.errors import ActionRefused, Conflict
from common.formpages import VersionedForm, add_refusal
from common.once import run_once
from common.status import kind_of
from societies.decorators import ActorRequest, require_permission
from starrating import entry_page as page
from starrating.entry_lines import groups
from starrating.forms.entries import (
    AgreeForm,
    ApplyForm,
    ButtonForm,
    ObjectForm,
    PointsForm,
    ReasonForm,
    SelfForm,
    TextForm,
)
from starrating.models import Outcome, RatingEntry, RatingLine

_JOINS = (
    "round__edition",
    "society",
    "organisation",
    "assessor",
    "assessed_by",
    "re_examined_by",
    "returned_by",
    "tie_decided_by",
)


def visible_entry(request: ActorRequest, pk: int) -> RatingEntry:
    """The entry, or 404 outside the reader's scope."""
    rows = RatingEntry.objects.visible_to(request.actor).select_related(*_JOINS)
    return get_object_or_404(rows, pk=pk)


def lines_of(request: ActorRequest, entry: RatingEntry) -> list[RatingLine]:
    """The entry's lines in the order of the tree."""
    return list(
        RatingLine.objects.visible_to(request.actor).filter(entry=entry).order_by("position")
    )


@require_safe
@require_permission(P.STAR_ROUND_VIEW)
def entry(request: ActorRequest, pk: int) -> HttpResponse:
    """Lines, vetoes, result, history, and the step open to this actor."""
    return entry_response(request, visible_entry(request, pk))


def entry_response(
    request: ActorRequest, row: RatingEntry, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    """entry.html; `form` is the one that was sent, with what was typed and what is wrong."""
    return render(
        request, "starrating/entry.html", entry_context(request, row, form), status=status
    )


def entry_context(
    request: ActorRequest, row: RatingEntry, form: forms.Form | None = None
) -> dict[str, Any]:
    """What entry.html prints."""
    actor, own = request.actor, is_inside(request.actor)
    lines = lines_of(request, row)
    verbs = page.open_verbs(actor, row)
    if row.round.computed_at is None:
        verbs -= {"send_self_assessment"}
    made = _forms(row, lines, verbs, form)
    table = made.get("points_form") or made.get("self_form")
    revealed = page.shows_assessment(actor, row)
    posted = row.publicity_from is not None
    shown = groups(actor, row, lines, table, revealed=revealed)
    return {
        "entry": row,
        "chosen": row.round,
        "state_kind": kind_of(row.get_state_display()),
        "stages": page.stages(row),
        "groups": shown,
        "applicable": sum(group.maximum for group in shown),
        "revealed": revealed,
        "shows_result": posted or (not own and row.outcome != ""),
        "shows_award": posted or not own,
        "open": verbs,
        "vetoes": page.veto_checks(actor, row) if actor.may_any(P.VETO_VIEW) else [],
        "tie_votes": page.tie_votes(actor, row),
        "objections": page.objections(actor, row),
        "history": page.history(actor, row),
        "own": own,
        "may_veto": page.may_veto(actor, row),
        "may_open_society": actor.may_any(P.SOCIETY_VIEW),
        "may_open_organisation": actor.may_any(P.ORGANISATION_VIEW),
        "weak": page.is_weak(actor, row),
        "Outcome": Outcome,
        **page.neighbours(actor, row),
        **made,
    }


def _forms(
    row: RatingEntry, lines: list[RatingLine], verbs: set[str], sent: forms.Form | None
) -> dict[str, Any]:
    """A form for each open step; the one that was sent instead of a fresh one."""
    first = {"row_version": row.row_version}
    texts = first | {"target_stars": row.target_stars or "", "measures": row.measures}
    examining = "re_examine" in verbs
    makers: dict[str, tuple[set[str], Callable[[], forms.Form]]] = {
        "apply_form": (
            {"send_application"},
            lambda: ApplyForm(initial=texts, most=row.round.edition.max_stars),
        ),
        "self_form": ({"send_self_assessment"}, lambda: SelfForm(initial=first, lines=lines)),
        "points_form": (
            {"save_assessment", "re_examine"},
            lambda: PointsForm(
                initial=first | {"opinion": "" if examining else row.opinion},
                lines=lines,
                examining=examining,
            ),
        ),
        "reason_form": ({"hand_back", "give_back"}, lambda: ReasonForm(initial=first)),
        "agree_form": ({"agree"}, lambda: AgreeForm(initial=first)),
        "refer_form": ({"refer_back"}, lambda: TextForm(initial=first)),
        "object_form": ({"object"}, lambda: ObjectForm(initial=first)),
        "button_form": (
            {"sign_application", "sign_self_assessment"},
            lambda: ButtonForm(initial=first),
        ),
    }
    made = {name: make() for name, (wanted, make) in makers.items() if wanted & verbs}
    if sent is not None:
        made = {n: sent if type(sent) is type(each) else each for n, each in made.items()}
        made["sent_form"] = sent
    return made


def take_step(
    request: ActorRequest,
    row: RatingEntry,
    form: VersionedForm,
    act: Callable[..., RatingEntry],
    values: Callable[[], dict[str, Any]],
    done: str,
    idle: str = "",
) -> HttpResponse:
    """Take one step, once; a refusal shows the page with its words and everything typed.

    values: the action's own arguments, from the valid form. idle: the message where the action
    found nothing to write.
    """
    if not form.is_valid():
        return entry_response(request, row, form, 422)

    def once() -> str:
        version = form.cleaned_data["row_version"]
        after = act(entry=row, row_version=version, by=request.actor, now=clock.now(), **values())
        unchanged = idle and after.row_version == version
        messages.success(request, f"{row.society.name}：{idle if unchanged else done}")
        return after_step(request, after)

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        add_refusal(form, refused)
        return entry_response(request, row, form, 422)
    except Conflict as conflict:
        return _conflict(request, visible_entry(request, row.pk), form, str(conflict))


def _conflict(
    request: ActorRequest, row: RatingEntry, form: VersionedForm, said: str
) -> HttpResponse:
    """The present record beside what was typed; sent again only while the step is still open."""
    made = entry_context(request, row).values()
    fresh = next((each for each in made if type(each) is type(form)), None)
    if fresh is not None:
        form.initial = fresh.initial
        said = f"{said}。再次提交将以您填写的内容为准"
    else:
        present = {"target_stars": row.target_stars, "measures": row.measures}
        form.initial = present | {"row_version": row.row_version, "opinion": row.opinion}
        said = f"这家学会的评定刚被他人办理，现为“{row.get_state_display()}”，您的内容未保存"
    form.note_conflict(again=fresh is not None)
    form.add_error(None, said)
    return entry_response(request, row, form, 409)


def after_step(request: ActorRequest, row: RatingEntry) -> str:
    """The entry again, as long as this actor still reads it."""
    return reverse("starrating:entry", args=[row.pk])
