"""Classes: the list, planning, the places, one class."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission as P
from accounts.permissions import ScopeKind
from common import clock
from common.formpages import form_page
from common.listing import Column, ScopedListView
from common.once import new_token
from common.states import open_steps
from societies.access import Actor
from societies.decorators import ActorRequest, PermissionRequired, require_permission
from societies.models import Federation, Society
from training import actions
from training.forms.classes import ChangeForm, ClassFilter, PlanForm, QuotaForm, sessions_text
from training.models import ClassQuota, ClassState, Enrolment, TrainingClass
from training.states import CLASS_STEPS
from training.views.common import FORM, page_of, visible_class


class ClassList(PermissionRequired, ScopedListView):
    """培训班."""

    permission = P.CLASS_VIEW
    model = TrainingClass
    filter_form = ClassFilter
    template_name = "training/classes.html"
    fragment_name = "training/_classes.html"
    unit = "个班"
    own_columns = (
        Column("starts", "开班", ("starts_on",), "pp-nw"),
        Column("title", "培训班", ("title",)),
        Column("course", "类别"),
        Column("mode", "方式"),
        Column("enrol", "报名截止", ("enrol_by",), "pp-nw"),
        Column("taken", "已报 / 名额", css="r"),
        Column("state", "状态"),
    )

    @property
    def sort(self) -> str:
        """The newest first, unless asked otherwise."""
        return super().sort if "sort" in self.request.GET else "-starts"

    def adorn(self, rows: Sequence[TrainingClass]) -> None:
        """The own places of a society."""
        own = self.request.actor.society_id
        quotas: dict[int, ClassQuota] = {}
        if own:
            found = ClassQuota.objects.visible_to(self.request.actor)
            quotas = {q.training_class_id: q for q in found.filter(training_class__in=rows)}
        for row in rows:
            row.own_quota = quotas.get(row.pk)  # type: ignore[attr-defined]

    def context(self) -> dict[str, Any]:
        """As for every list."""
        return super().context() | {"may_plan": self.request.actor.may_any(P.CLASS_PLAN)}


@require_permission(P.CLASS_PLAN)
def plan(request: ActorRequest) -> HttpResponse:
    """新建培训班."""
    begins = clock.today() + timedelta(days=30)
    initial = {"starts_on": begins, "ends_on": begins, "enrol_by": begins - timedelta(days=5)}
    form = PlanForm(request.POST or None, initial=initial | {"sessions": f"{begins} 全天"})
    federation = get_object_or_404(
        Federation.objects.within(request.actor.scope(P.CLASS_PLAN)),
        pk=request.actor.appointment.federation_id,
    )

    def act(values: dict[str, Any]) -> str:
        made = actions.plan_class(
            federation=federation, plan=form.plan(), by=request.actor, now=clock.now()
        )
        return reverse("training:quota", args=[made.pk])

    context = {
        "heading": "新建培训班",
        "crumb": "新建培训班",
        "verb": "保存，去分配名额",
        "back_url": reverse("training:classes"),
        "text": "保存后分配名额，送科技社团党委负责人批准；批准后有名额的学会开始报名。",
    }
    return form_page(request, form, act, template=FORM, context=context, done="已保存")


@require_permission(P.CLASS_PLAN)
def change(request: ActorRequest, pk: int) -> HttpResponse:
    """修改计划."""
    chosen = visible_class(request.actor, pk)
    names = ("title", "course", "mode", "starts_on", "ends_on", "enrol_by", "place", "capacity")
    initial = {name: getattr(chosen, name) for name in (*names, "row_version")}
    initial |= {"sessions": sessions_text(chosen.sessions.all())}
    form = ChangeForm(request.POST or None, initial=initial)

    def act(values: dict[str, Any]) -> str:
        actions.change_class(
            chosen=chosen,
            row_version=values["row_version"],
            plan=form.plan(),
            by=request.actor,
            now=clock.now(),
        )
        return page_of(chosen)

    context = {
        "heading": f"修改计划：{chosen}",
        "verb": "保存",
        "crumb": "修改计划",
        "chosen": chosen,
        "back_url": page_of(chosen),
    }
    return form_page(request, form, act, template=FORM, context=context, done="计划已修改")


@require_permission(P.CLASS_PLAN)
def quota(request: ActorRequest, pk: int) -> HttpResponse:
    """分配名额."""
    chosen = visible_class(request.actor, pk)
    quotas = ClassQuota.objects.visible_to(request.actor).filter(training_class=chosen)
    found = {each.society_id: each for each in quotas}
    societies = Society.objects.within(request.actor.scope(P.CLASS_PLAN))
    # Who has left keeps the places it was given: they are shown, and may be taken back.
    societies = societies.filter(Q(left_on=None, deregistered_on=None) | Q(pk__in=found))
    form = QuotaForm(
        request.POST or None,
        societies=societies.order_by("sort_key", "pk"),
        places={pk: each.places for pk, each in found.items()},
        initial={"row_version": chosen.row_version},
    )

    def act(values: dict[str, Any]) -> str:
        actions.set_quotas(
            chosen=chosen,
            row_version=values["row_version"],
            places=form.places(),
            by=request.actor,
            now=clock.now(),
        )
        return page_of(chosen)

    rows = zip(form.societies, form.rows(), strict=True)
    context = {
        "chosen": chosen,
        "rows": [
            {"society": s, "field": f, "taken": found[s.pk].taken if s.pk in found else 0}
            for s, f in rows
        ],
        "total": sum(each.places for each in found.values()),
    }
    return form_page(
        request, form, act, template="training/quota.html", context=context, done="名额已分配"
    )


@require_safe
@require_permission(P.CLASS_VIEW)
def detail(request: ActorRequest, pk: int) -> HttpResponse:
    """One class: sessions, places, who is enrolled, the next steps."""
    actor = request.actor
    chosen = visible_class(actor, pk)
    quotas = ClassQuota.objects.visible_to(actor).filter(training_class=chosen)
    own = next((q for q in quotas if q.society_id == actor.society_id), None)
    today = clock.today()
    names = _steps(actor, chosen, today)
    enrols = chosen.state == ClassState.OPEN and today <= chosen.enrol_by
    context = {
        "chosen": chosen,
        "sessions": chosen.sessions.all(),
        "federal": actor.spec.kind == ScopeKind.FEDERATION,
        "quotas": quotas.select_related("society").order_by("society__sort_key"),
        "places": quotas.aggregate(n=Sum("places"))["n"] or 0,
        "own": own,
        "enrolments": _enrolments(actor, chosen),
        "may_enrol": enrols and actor.may_any(P.CLASS_ENROL) and own and own.taken < own.places,
        "may_withdraw": chosen.state == ClassState.OPEN and actor.may_any(P.CLASS_ENROL),
        "sees_names": actor.may_any(P.ENROLMENT_VIEW),
        "steps": names,
        "stages": _stages(chosen),
        "token": new_token(),
        "may_settle": "settle_class" in names and today >= chosen.ends_on,
    }
    return render(request, "training/class.html", context)


def _steps(actor: Actor, chosen: TrainingClass, today: date) -> set[str]:
    """The verbs of the steps open to the actor today."""
    steps = open_steps(
        CLASS_STEPS,
        state=chosen.state,
        row=chosen,
        permissions=actor.permissions,
        user_id=actor.user.pk,
    )
    names = {step.verb for step in steps}
    if today < chosen.starts_on:
        names -= {"record_attendance"}
    if chosen.state == ClassState.HELD and chosen.attended():
        names -= {"cancel_class"}
    return names


def _enrolments(actor: Actor, chosen: TrainingClass) -> list[Enrolment]:
    """Who is enrolled, with how many sessions were attended."""
    rows = Enrolment.objects.visible_to(actor).filter(training_class=chosen).standing()
    rows = rows.select_related("society").prefetch_related("attendances")
    found = list(rows.order_by("society__sort_key", "pk"))
    for each in found:
        each.attended = len(each.attendances.all())
    return found


def _days(chosen: TrainingClass) -> str:
    one = chosen.starts_on == chosen.ends_on
    return str(chosen.starts_on) if one else f"{chosen.starts_on} 至 {chosen.ends_on}"


def _stages(chosen: TrainingClass) -> list[dict[str, Any]]:
    """The steps bar: 计划, 报名, 到课, 结业."""
    order = (ClassState.DRAFT, ClassState.OPEN, ClassState.HELD, ClassState.SETTLED)
    state = ClassState.DRAFT if chosen.state == ClassState.PLANNED else chosen.state
    at = order.index(ClassState(state)) if state in order else -1
    notes = (
        f"{chosen.code}",
        f"{chosen.enrol_by} 截止（含当日）",
        _days(chosen),
        "证书和学时",
    )
    return [
        {
            "number": n + 1,
            "label": label,
            "note": notes[n],
            "done": n < at or chosen.state == ClassState.SETTLED,
            "current": n == at and chosen.state != ClassState.SETTLED,
        }
        for n, label in enumerate(("计划", "报名", "到课", "结业"))
    ]
