"""批量提醒: one text for all findings that a filter leaves and that wait for their societies."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from accounts.permissions import Permission as P
from common import clock
from common.formpages import form_page
from societies.decorators import ActorRequest, require_permission
from supervision import actions
from supervision.finding_page import due_of
from supervision.forms.findings import FindingListFilter, RemindForm
from supervision.models import Finding
from supervision.views.findings import offered_to

# One page of them; a narrower filter shows the others.
MOST = 100


@require_permission(P.FINDING_ISSUE)
def finding_remind(request: ActorRequest) -> HttpResponse:
    """Choose among the findings of the list's filters, and remind their societies."""
    actor, on = request.actor, clock.today()
    filters = FindingListFilter(request.GET, offered=offered_to(actor))
    waiting = Finding.objects.visible_to(actor).with_society().with_overdue(on)
    rows: Any = filters.narrow(waiting).select_related("society")
    found = list(
        rows.with_reminders().order_by("society__sort_key", "finish_due", "pk")[: MOST + 1]
    )
    shown = found[:MOST]
    form = RemindForm(request.POST or None, findings=shown)

    def act(values: dict[str, Any]) -> str:
        chosen = [int(pk) for pk in values["findings"]]
        actions.remind_societies(findings=chosen, text=values["text"], by=actor, now=clock.now())
        return f"{reverse('supervision:findings')}?{request.GET.urlencode()}"

    chosen = set(form["findings"].value() or ())
    context = {
        "rows": [(row, due_of(row, on), str(row.pk) in chosen) for row in shown],
        "chips": filters.chips(request),
        "societies": len({row.society_id for row in shown}),
        "more": len(found) > MOST,
        "most": MOST,
        "back_url": f"{reverse('supervision:findings')}?{request.GET.urlencode()}",
    }
    return form_page(
        request,
        form,
        act,
        template="supervision/finding_remind.html",
        context=context,
        done="已提醒，学会在工作台看到提醒次数和日期，在问题页看到提醒内容",
    )
