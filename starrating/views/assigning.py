"""分派初评人."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission as P
from branches.recusal import namesakes
from common import clock
from common.formpages import form_page
from societies.decorators import ActorRequest, require_permission
from starrating import actions
from starrating.actions.rounds import ASSIGNABLE
from starrating.forms.rounds import AssignForm, candidates
from starrating.models import RatingEntry
from starrating.views.rounds import visible_round


@require_permission(P.STAR_ROUND_OPEN)
def assign(request: ActorRequest, pk: int) -> HttpResponse:
    """分派初评人."""
    chosen = visible_round(request, pk)
    rows = RatingEntry.objects.visible_to(request.actor).filter(round=chosen, state__in=ASSIGNABLE)
    form = AssignForm(
        request.POST or None,
        people=candidates(chosen, request.actor.user, clock.today()),
        rows=rows.select_related("society", "assessor"),
    )

    def act(values: dict[str, Any]) -> str:
        actions.assign(
            chosen=chosen,
            entries=list(values["entries"]),
            user=values["user"],
            by=request.actor,
            now=clock.now(),
        )
        _hint_at_namesakes(request, values["user"], values["entries"])
        return reverse("starrating:round", args=[pk])

    context = {
        "heading": f"分派初评：{chosen}",
        "verb": "分派",
        "chosen": chosen,
        "back_url": reverse("starrating:round", args=[pk]),
        "text": "初评人在评定结束前只看到分派的学会；在学会任职、派驻或已申报关系的应当回避。",
    }
    return form_page(
        request, form, act, template="starrating/form.html", context=context, done="已分派"
    )


def _hint_at_namesakes(request: ActorRequest, user: User, rows: Iterable[RatingEntry]) -> None:
    """A count for each society with people of the assessor's name; never who they are."""
    societies = [row.society for row in rows]
    found = namesakes(user, societies, clock.today())
    said = [f"{s.name} {found[s.pk]} 人" for s in societies if s.pk in found]
    if said:
        text = f"{user} 与该学会在册人员同名，请核实是否应回避：{'、'.join(said)}"
        messages.warning(request, text)
