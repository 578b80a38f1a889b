"""Where the facts of a line stand: the page that shows them, for those whom it opens for (D-6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.permissions import Permission
from societies.access import Actor
from societies.models import Society
from starrating.formulas.base import Window
from starrating.models import Veto
from supervision.models import Finding, SpotCheck

_ORGANISATIONS, _LEDGERS = ("branches:society", "党组织"), ("ledgers:list", "台账")
_LIFE = ("branches:life_society", "组织生活")
_FINDINGS = ("supervision:finding_list", "整改")
_HOURS = ("training:totals", "学时统计")
# Where a formula's facts stand: the page, and its word.
EVIDENCE: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("tier_coverage", "seats_filled", "terms_on_time", "relations_clear"), _ORGANISATIONS
    ),
    **dict.fromkeys(("first_topic", "compliance", "attendance", "attendance_here"), _LIFE),
    **dict.fromkeys(("closed_in_time", "rectification_overdue"), _FINDINGS),
    "hours_done": _HOURS,
    **dict.fromkeys(("charter", "five_clears", "filed_on_time", "true_figures"), _LEDGERS),
}
# Pages that not everybody who reads scores may open.
_RIGHTS = {
    _LIFE: Permission.LIFE_VIEW,
    _FINDINGS: Permission.FINDING_VIEW,
    _HOURS: Permission.HOURS_TOTAL,
}


def evidence_of(actor: Actor, society: Society, criterion: Any, on: date) -> tuple[str, str] | None:
    """Where the facts of a line stand, as (address, word)."""
    found = EVIDENCE.get(criterion.formula)
    if found is None or (found in _RIGHTS and not actor.may_any(_RIGHTS[found])):
        return None
    page, word = found
    if found == _LIFE:
        return life_page(society, _kinds(criterion.params), on.year), word
    if found == _FINDINGS:
        return reverse(page, query={"q": society.name}), word
    if found == _HOURS:
        return reverse(page, query={"q": society.name, "year": on.year}), word
    return reverse(page, args=[society.pk] if found == _ORGANISATIONS else []), word


def also_of(actor: Actor, society: Society, criterion: Any) -> tuple[str, str] | None:
    """Where a line's other facts stand: E3 also counts what spot checks found (R-STAR-01a)."""
    if not criterion.params.get("items") or not actor.may_any(_RIGHTS[_FINDINGS]):
        return None
    return reverse(_FINDINGS[0], query={"q": society.name}), _FINDINGS[1]


def veto_evidence(actor: Actor, veto: Veto) -> list[tuple[str, str]]:
    """Where the facts of V4 stand: the checks that were refused, and the society's findings.

    Only what the reader may open; nothing for a case that rests on other facts or on a document.
    """
    if veto.rule.formula != "rectification_beyond":
        return []
    year = Window.closing(veto.year, date(veto.year, 12, 31))
    checks = SpotCheck.objects.visible_to(actor).filter(society=veto.society_id)
    refused = checks.upheld_in(year.starts_at, year.ends_at).order_by("pk")
    found = [
        (reverse("supervision:check", args=[row.pk]), f"抽查 {row.code}：{row.remark}")
        for row in refused
    ]
    if Finding.objects.visible_to(actor).filter(society=veto.society_id).exists():
        page, word = _FINDINGS
        found.append((reverse(page, query={"q": veto.society.name}), word))
    return found


def life_page(society: Society, kinds: Sequence[str], year: int) -> str:
    """The records of one kind, else the year of the society by kinds and organisations."""
    if len(kinds) == 1:
        query = {"q": society.name, "kind": kinds[0], "year": year}
        return reverse("branches:life_list", query=query)
    return reverse(_LIFE[0], args=[society.pk], query={"year": year})


def _kinds(params: Mapping[str, Any]) -> list[str]:
    return list(params.get("kinds", ())) or [params["kind"]]
