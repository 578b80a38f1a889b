"""A society fills its places, or gives one back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts.permissions import Permission as P
from common import clock
from common.formpages import form_page
from societies.decorators import ActorRequest, require_permission
from training import actions
from training.forms.classes import EnrolForm
from training.models import ClassQuota, Enrolment
from training.officers import enrollable
from training.views.common import page_of, pressed, visible_class


@require_permission(P.CLASS_ENROL)
def enrol(request: ActorRequest, pk: int) -> HttpResponse:
    """报名."""
    actor = request.actor
    chosen = visible_class(actor, pk)
    quota = ClassQuota.objects.visible_to(actor).filter(training_class=chosen)
    own = quota.select_related("society").filter(society_id=actor.society_id).first()
    if own is None:
        raise Http404
    posts, wanting = enrollable(actor, own.society, clock.today())
    form = EnrolForm(request.POST or None, posts=posts, wanting=wanting)

    def act(values: dict[str, Any]) -> str:
        actions.enrol(
            chosen=chosen,
            society=own.society,
            post=values["post"],
            name=values["name"],
            birth_month=values["birth_month"],
            by=actor,
            now=clock.now(),
        )
        return page_of(chosen)

    context = {
        "heading": f"报名：{chosen.title}",
        "verb": "报名",
        "chosen": chosen,
        "back_url": page_of(chosen),
        "text": f"本学会名额 {own.places} 人，已报 {own.taken} 人；"
        f"报名 {chosen.enrol_by} 截止（含当日）；登记到课以前可以退报。",
    }
    return form_page(
        request, form, act, template="training/form.html", context=context, done="已报名"
    )


@require_POST
@require_permission(P.CLASS_ENROL)
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """退报."""
    rows = Enrolment.objects.visible_to(request.actor).select_related("training_class")
    found = get_object_or_404(rows, pk=pk)

    def act() -> None:
        actions.withdraw_enrolment(enrolment=found, by=request.actor, now=clock.now())

    return pressed(request, page_of(found.training_class), act, f"{found.person_name}已退报")
