"""One table of a version: read, fill in, autosave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import Permission
from common import clock
from common.errors import ActionRefused
from common.numbers import row_id
from common.once import run_once
from ledgers import actions
from ledgers.catalogue import SECTION_LABELS, SINGLE
from ledgers.forms import entries, rows
from ledgers.forms.grid import groups_of
from ledgers.forms.saving import Saved, save_form
from ledgers.forms.sheet import NUMERALS, Sheet
from ledgers.models import Ledger
from ledgers.views.base import (
    filing_refusal,
    head_context,
    is_htmx,
    may_edit,
    more_steps,
    section_code,
    side_context,
    visible_ledger,
)
from societies.decorators import ActorRequest, require_permission

NOT_EDITABLE = "台账在当前状态下不能修改"


@require_permission(Permission.LEDGER_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: ActorRequest, pk: int, number: int) -> HttpResponse:
    """A table of a version; POST saves it, by autosave or by the button."""
    ledger, code = visible_ledger(request, pk), _code(number)
    if request.method == "POST":
        return _save(request, ledger, number, code)
    # After a refused 送审签 the summary leads here: blanks count as errors then.
    return page(request, Sheet(ledger, clock.today(), "check" in request.GET), number)


def _code(number: int) -> str:
    try:
        return section_code(number)
    except LookupError:
        raise Http404 from None


def _save(request: ActorRequest, ledger: Ledger, number: int, code: str) -> HttpResponse:
    sheet = Sheet(ledger, clock.today())
    shown = _layout(sheet, code)
    try:
        saved = keep(request, sheet, code)
    except ActionRefused as refused:
        return refuse(request, ledger, number, refused)
    if saved.clashes:
        return conflict(request, ledger, number, saved)
    fresh = _brought_up(request, ledger)
    if is_htmx(request):
        if saved.refused or _layout(fresh, code) != shown:
            return fragment(request, fresh, number, 422 if saved.refused else 200, saved.row)
        return render(request, "ledgers/_saved.html", _saved_context(fresh, number, code))
    if saved.refused:
        return page(request, fresh, number, 422, saved.row)
    messages.success(request, f"{SECTION_LABELS[code]}已保存")
    return redirect("ledgers:section", pk=ledger.pk, number=_goal(request.POST, number))


def _layout(sheet: Sheet, code: str) -> tuple[set[str], str]:
    """What a table looks like: its controls, and whether those of a secretariat must be cleared."""
    controls = set(entries.entries(entries.places(code, sheet.snapshot)))
    return controls, sheet.snapshot.staff.get("secretariat_exists")


def _brought_up(request: ActorRequest, ledger: Ledger) -> Sheet:
    """The version after a save, with a row of 5.5 for every unit the register leaves uncovered.

    The register changes in a room below, which does not know ledgers; reading a page writes
    nothing, so the next save of any table brings the rows up, as 送审签 does.
    """
    sheet = Sheet(ledger, clock.today())
    if not rows.is_behind(sheet):
        return sheet
    actions.sync_not_established(ledger=ledger, by=request.actor, now=clock.now())
    return Sheet(ledger, clock.today())


def _goal(post: QueryDict, number: int) -> int:
    """Where the pressed button leads: the neighbour or the same table."""
    step = {"previous": -1, "next": 1}.get(post.get("go", ""), 0)
    return min(max(number + step, 1), len(SECTION_LABELS))


def keep(request: ActorRequest, sheet: Sheet, code: str) -> Saved:
    """Save what the form of a table sent.

    Raises PermissionDenied for readers, ActionRefused if the version cannot be edited.
    """
    if not request.actor.may(Permission.LEDGER_EDIT, sheet.ledger):
        raise PermissionDenied("台账由本学会填报人、党组织书记填写")
    if not sheet.ledger.is_editable:
        raise ActionRefused(NOT_EDITABLE)
    return save_form(sheet, code, request.POST, request.actor, clock.now())


def _saved_context(sheet: Sheet, number: int, code: str) -> dict[str, Any]:
    state = sheet.sections[code]
    return {
        "saved_at": state.saved_at,
        "lock": _lock(sheet, code),
        "steps": sheet.steps(number),
        "checks": sheet,
    }


def _lock(sheet: Sheet, code: str) -> dict[str, Any]:
    """The hidden fields that tell what the page was made from."""
    state = sheet.sections[code]
    found = entries.places(code, sheet.snapshot)
    return {"row_version": state.row_version, "base": entries.base_of(found, state.note)}


def context(request: ActorRequest, sheet: Sheet, number: int, open_row: int = 0) -> dict[str, Any]:
    """Everything section.html prints. open_row: of 5.4, where the address names none."""
    ledger, code = sheet.ledger, section_code(number)
    editable = may_edit(request, ledger)
    state = sheet.sections[code]
    data = head_context(request, ledger) | {
        "sheet": sheet,
        "editable": editable,
        "section_number": number,
        "section_code": code,
        "section_label": SECTION_LABELS[code],
        "numeral": NUMERALS[number - 1],
        "previous_label": sheet.previous_label,
        "previous_number": number - 1 if number > 1 else None,
        "next_number": number + 1 if number < len(SECTION_LABELS) else None,
        "steps": sheet.steps(number),
        "lines": sheet.lines_of(code),
        "note": state.note,
        "saved_at": state.saved_at,
        "lock": _lock(sheet, code),
        "send_refusal": filing_refusal(ledger) if editable else "",
    }
    data |= more_steps(request, ledger) | side_context(sheet, named=request.actor.spec.inside)
    if code == "leaders" and not request.actor.spec.inside:
        # What was said of the table may name people as well.
        return data | {"posts": rows.posts_held(sheet), "lines": [], "note": ""}
    return data | _body(request, sheet, code, editable, open_row)


def _body(
    request: ActorRequest, sheet: Sheet, code: str, editable: bool, open_row: int
) -> dict[str, Any]:
    if code in SINGLE:
        return {"groups": groups_of(sheet, code)}
    if code == "leaders":
        chosen = row_id(request.GET.get("row", ""))
        return {
            "leaders": rows.leader_rows(sheet, open_row if chosen is None else chosen),
            "removed": rows.removed_leader(sheet.ledger) if editable else None,
        }
    return {
        "tiers": rows.tier_cards(sheet),
        "branches": rows.branch_ticks(sheet),
        "reasons": sheet.snapshot.rules.reasons,
        "removed": rows.removed_measure(sheet.ledger) if editable else None,
        "behind": editable and rows.is_behind(sheet),
    }


def page(
    request: ActorRequest, sheet: Sheet, number: int, status: int = 200, open_row: int = 0
) -> HttpResponse:
    """The whole page."""
    data = context(request, sheet, number, open_row)
    return render(request, "ledgers/section.html", data, status=status)


def fragment(
    request: ActorRequest, sheet: Sheet, number: int, status: int, open_row: int
) -> HttpResponse:
    """The table's form again, in the place of the one that asked."""
    data = context(request, sheet, number, open_row)
    answer = render(request, "ledgers/_section.html", data, status=status)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#section", "outerHTML"
    return answer


def refuse(
    request: ActorRequest, ledger: Ledger, number: int, refused: ActionRefused, strict: bool = False
) -> HttpResponse:
    """What an action refused, said above the table; stored input stays."""
    sheet = Sheet(ledger, clock.today(), strict=strict)
    said = {finding.line for finding in sheet.errors}
    said |= {line.finding.line for line in sheet.unconfirmed}
    left = [m for found in refused.errors.values() for m in found if m not in said]
    data = context(request, sheet, number) | {"refusals": left}
    if not is_htmx(request):
        return render(request, "ledgers/section.html", data, status=422)
    answer = render(request, "ledgers/_section.html", data, status=422)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#section", "outerHTML"
    return answer


def conflict(request: ActorRequest, ledger: Ledger, number: int, saved: Saved) -> HttpResponse:
    """409: both values of every field that two people changed; the rest is saved."""
    sheet = Sheet(ledger, clock.today())
    code = section_code(number)
    data = head_context(request, ledger) | {
        "section_number": number,
        "section_label": SECTION_LABELS[code],
        "clashes": saved.clashes,
        "state": sheet.sections[code],
        "lock": _lock(sheet, code),
    }
    if not is_htmx(request):
        return render(request, "ledgers/conflict.html", data, status=409)
    answer = render(request, "ledgers/_conflict.html", data, status=409)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#ledger-page", "innerHTML"
    return answer


@require_permission(Permission.LEDGER_EDIT)
@require_POST
def resolve(request: ActorRequest, pk: int, number: int) -> HttpResponse:
    """Save the values chosen on the conflict page."""
    ledger, code = visible_ledger(request, pk), _code(number)
    sheet = Sheet(ledger, clock.today())
    chosen = request.POST.copy()
    for name in request.POST:
        key = name.removeprefix("keep-")
        if key == name or request.POST[name] != "mine":
            continue
        for part in (key, f"{key}{entries.NA}"):
            chosen[part] = request.POST.get(f"mine-{part}", "")
    # Only what was chosen counts as changed.
    base = entries.read_base(request.POST, {})
    kept = {k: v for k, v in base.items() if k in chosen}
    chosen["base"] = entries.as_base(kept)
    try:
        saved = save_form(sheet, code, chosen, request.actor, clock.now())
    except ActionRefused as refused:
        return refuse(request, ledger, number, refused)
    if saved.clashes:
        return conflict(request, ledger, number, saved)
    messages.success(request, "已按所选保存")
    return redirect("ledgers:section", pk=pk, number=number)


def edit_then(
    request: ActorRequest,
    pk: int,
    number: int,
    act: Callable[[Ledger, int], str],
    strict: bool = False,
) -> HttpResponse:
    """Save what the form sent, then do one thing more, once per form (R10).

    act: takes the version and the table's lock number, answers the address to go to.
    """
    ledger, code = visible_ledger(request, pk), _code(number)
    version = 0
    if ledger.is_editable:
        try:
            saved = keep(request, Sheet(ledger, clock.today()), code)
        except ActionRefused as refused:
            return refuse(request, ledger, number, refused)
        if saved.clashes:
            return conflict(request, ledger, number, saved)
        version = saved.row_version
    try:
        return redirect(run_once(request, lambda: act(ledger, version)))
    except actions.StaleSection:
        return refuse(request, ledger, number, ActionRefused("本表刚刚被改过，请再试一次"))
    except ActionRefused as refused:
        return refuse(request, ledger, number, refused, strict)
