"""Where the places go: the results as they would be posted, posting them, deciding the round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission as P
from common import clock
from common.errors import ActionRefused, Conflict
from common.formpages import VersionedForm, add_refusal
from common.once import run_once
from societies.decorators import ActorRequest, require_permission
from starrating import actions
from starrating.awarding import Result
from starrating.forms.entries import TextForm
from starrating.forms.rounds import DecideForm, RoundForm
from starrating.models import Outcome, RatingEntry, RatingRound, StarQuota
from starrating.places import results_of
from starrating.quota import places as places_for
from starrating.ties import agreed, barred
from starrating.views.entry import visible_entry
from starrating.views.rounds import visible_round

RIGHTS = (P.STAR_ROUND_OPEN, P.STAR_DELIBERATE, P.STAR_DECIDE)


@require_safe
@require_permission(*RIGHTS)
def places(request: ActorRequest, pk: int) -> HttpResponse:
    """定星测算: by score, with the places; ties wait for the deliberating committee."""
    return places_response(request, visible_round(request, pk))


def places_response(
    request: ActorRequest,
    chosen: RatingRound,
    form: forms.Form | None = None,
    tied: int = 0,
    status: int = 0,
) -> HttpResponse:
    """places.html; `form` is the one that was sent, tied: of which entry.

    status: 422 if the form has errors, unless another is given.
    """
    context = {
        "chosen": chosen,
        "most": chosen.edition.max_stars,
        "tie_form": form if tied else TextForm(),
        "tied_pk": tied,
        "sent_form": form,
        **_rows(request, chosen),
        **_round_forms(request, chosen, form),
    }
    status = status or (422 if form is not None and form.errors else 200)
    return render(request, "starrating/places.html", context, status=status)


def _rows(request: ActorRequest, chosen: RatingRound) -> dict[str, Any]:
    """Entries with a result: the rated by stars and score, the others.

    To the end of the self-assessments no society is 不定星: it may still file (R-STAR-03).
    """
    on = clock.today()
    rows = RatingEntry.objects.visible_to(request.actor).filter(round=chosen)
    entries = list(rows.select_related("society"))
    undone = set(rows.undone(on).values_list("pk", flat=True))
    found = results_of(chosen, entries) if chosen.computed_at else {}
    filing = {pk for pk, each in found.items() if each.outcome == Outcome.ABSENT} - undone
    filing = filing if chosen.is_open and on <= chosen.self_by else set()
    votes, mine = agreed(chosen, found), _choosable(request, chosen, entries, found)
    settled = [
        {
            "entry": entry,
            "result": found[entry.pk],
            "votes": votes.get(entry.pk, []),
            "may_choose": entry.pk in mine,
        }
        for entry in entries
        if entry.pk not in undone | filing and entry.pk in found
    ]
    rated = [row for row in settled if _is_rated(row)]
    rated.sort(key=lambda row: (-row["result"].stars, -row["entry"].awarded_score))
    return {
        "rated": rated,
        "others": [row for row in settled if not _is_rated(row)],
        "waiting": len(undone),
        "filing": len(filing),
        "quotas": _quotas(chosen, rated),
    }


def _choosable(
    request: ActorRequest,
    chosen: RatingRound,
    entries: list[RatingEntry],
    found: Mapping[int, Result],
) -> set[int]:
    """Entries that this member may help to a place: tied, with no equal he stays out of."""
    tied = {entry.pk for entry in entries if found and found[entry.pk].tied}
    if not tied or not chosen.is_open or not request.actor.may_any(P.STAR_DELIBERATE):
        return set()
    equals = {pk for each in tied for pk in found[each].equals}
    out = barred(request.actor.user, [e for e in entries if e.pk in equals], clock.today())
    voted = {
        pk
        for pk, votes in agreed(chosen, found).items()
        if request.actor.user.pk in {vote.by_id for vote in votes}
    }
    return {pk for pk in tied - voted if not out & set(found[pk].equals)}


def _is_rated(row: dict[str, Any]) -> bool:
    return bool(row["result"].outcome == Outcome.RATED)


def _round_forms(
    request: ActorRequest, chosen: RatingRound, sent: forms.Form | None
) -> dict[str, Any]:
    actor, first = request.actor, {"row_version": chosen.row_version}
    return {
        "may_post": actor.may_any(P.STAR_ROUND_OPEN) and chosen.is_open,
        "may_decide": actor.may_any(P.STAR_DECIDE) and chosen.is_open,
        "post_form": sent if isinstance(sent, RoundForm) else RoundForm(initial=first),
        "decide_form": sent if isinstance(sent, DecideForm) else DecideForm(initial=first),
    }


def _quotas(chosen: RatingRound, rated: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each quota: places, and how many hold so many stars or more."""
    rows = chosen.edition.starquotas.order_by("-stars")
    return [
        {
            "stars": row.stars,
            "places": places_for(_share(row), len(rated)),
            "used": sum(each["result"].stars >= row.stars for each in rated),
        }
        for row in rows
    ]


def _share(row: StarQuota) -> Any:
    return Fraction(row.numerator, row.denominator)


def _round_step(
    request: ActorRequest,
    chosen: RatingRound,
    form: VersionedForm,
    act: Callable[[], Any],
    done: str,
) -> HttpResponse:
    if not form.is_valid():
        return places_response(request, chosen, form)

    def once() -> str:
        act()
        messages.success(request, f"{chosen}：{done}")
        return reverse("starrating:places", args=[chosen.pk])

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        add_refusal(form, refused)
        return places_response(request, chosen, form)
    except Conflict as conflict:
        chosen = visible_round(request, chosen.pk)
        return places_response(request, chosen, _told(form, chosen.row_version, conflict), 0, 409)


def _told(form: VersionedForm, version: int, conflict: Conflict) -> VersionedForm:
    """The form with what was typed, for the row as it is now."""
    form.initial["row_version"] = version
    form.note_conflict()
    form.add_error(None, str(conflict))
    return form


@require_POST
@require_permission(P.STAR_ROUND_OPEN)
def post(request: ActorRequest, pk: int) -> HttpResponse:
    """公示."""
    chosen = visible_round(request, pk)
    form = RoundForm(request.POST, initial={"row_version": chosen.row_version})

    def act() -> None:
        version = form.cleaned_data["row_version"]
        actions.post(chosen=chosen, row_version=version, by=request.actor, now=clock.now())

    return _round_step(request, chosen, form, act, "已公示")


@require_POST
@require_permission(P.STAR_DECIDE)
def finalise(request: ActorRequest, pk: int) -> HttpResponse:
    """评定."""
    chosen = visible_round(request, pk)
    form = DecideForm(request.POST, initial={"row_version": chosen.row_version})

    def act() -> None:
        actions.finalise(
            chosen=chosen,
            row_version=form.cleaned_data["row_version"],
            number=form.cleaned_data["number"],
            by=request.actor,
            now=clock.now(),
        )

    return _round_step(request, chosen, form, act, "已评定，星级名单生效")


@require_POST
@require_permission(P.STAR_DELIBERATE)
def choose(request: ActorRequest, pk: int) -> HttpResponse:
    """并列时列入名额, with a reason."""
    row = visible_entry(request, pk)
    form = TextForm(request.POST, initial={"row_version": row.row_version})
    if not form.is_valid():
        return places_response(request, row.round, form, row.pk)

    def once() -> str:
        actions.choose(
            entry=row,
            row_version=form.cleaned_data["row_version"],
            text=form.cleaned_data["text"],
            by=request.actor,
            now=clock.now(),
        )
        messages.success(request, f"{row.society.name}：已同意列入名额")
        return reverse("starrating:places", args=[row.round_id])

    try:
        return redirect(run_once(request, once))
    except ActionRefused as refused:
        add_refusal(form, refused)
        return places_response(request, row.round, form, row.pk)
    except Conflict as conflict:
        row = visible_entry(request, pk)
        told = _told(form, row.row_version, conflict)
        return places_response(request, row.round, told, row.pk, 409)
