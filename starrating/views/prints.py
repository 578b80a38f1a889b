"""星级评定表 for print."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission as P
from societies.decorators import ActorRequest, require_permission
from starrating.views.entry import entry_context, visible_entry
from starrating.views.rounds import result_words


@require_safe
@require_permission(P.STAR_ROUND_VIEW)
def entry_print(request: ActorRequest, pk: int) -> HttpResponse:
    """The entry as a form of one or two pages, with the same lines as its page."""
    row = visible_entry(request, pk)
    context = entry_context(request, row) | {"words": result_words(row)}
    return render(request, "starrating/print.html", context)
