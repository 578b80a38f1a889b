"""When a conditional field is required, filled, shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from ledgers.catalogue import ALWAYS, OPTIONAL, Field, Kind
from ledgers.catalogue.leaders import PARTY_MEMBER_STATUS, REVIEWED_POSTS
from ledgers.fields import ValueState, YesNo
from ledgers.snapshot import Snapshot, Values

Condition = Callable[[Snapshot, Values], bool]

CANDIDATES_REVIEWED_SINCE = date(2018, 1, 1)
INTERNATIONAL = "NE10"
OTHER_REASON = "NE99"


def _candidate_reviewed(_: Snapshot, row: Values) -> bool:
    start = row.get("term_from")
    return (
        not row.get("vacant")
        and row.get("post") in REVIEWED_POSTS
        and start is not None
        and start >= CANDIDATES_REVIEWED_SINCE
    )


def _needs_posting(snapshot: Snapshot, row: Values) -> bool:
    measure = snapshot.rules.measure(row.get("code") or "")
    return measure is not None and measure.needs_posting


def _owed(_: Snapshot, row: Values) -> bool:
    return row.get("tier") in (1, 2)


CONDITIONS: dict[str, Condition] = {
    ALWAYS: lambda s, v: True,
    OPTIONAL: lambda s, v: False,
    "secretariat_exists": lambda s, v: s.staff.get("secretariat_exists") == "yes",
    "graded": lambda s, v: s.operations.get("evaluation_grade") not in ("", "none"),
    "charter_yes": lambda s, v: s.operations.get("charter_has_party_building") == "yes",
    "supported": lambda s, v: s.operations.get("support_type") not in ("", "none"),
    "registered": lambda s, v: s.operations.get("legal_person_registered") == "yes",
    "develops_members": lambda s, v: s.facts.develops_members,
    "vacant": lambda s, v: bool(v.get("vacant")),
    "not_vacant": lambda s, v: not v.get("vacant"),
    "party_member": lambda s, v: (
        not v.get("vacant") and v.get("political_status") in PARTY_MEMBER_STATUS
    ),
    "candidate_reviewed": _candidate_reviewed,
    "party_secretary": lambda s, v: not v.get("vacant") and v.get("post") == "party_secretary",
    "owed": _owed,
    "reason_is_other": lambda s, v: v.get("primary_reason") == OTHER_REASON,
    "establishment_planned": lambda s, v: _owed(s, v) and v.get("primary_reason") != INTERNATIONAL,
    "needs_posting": _needs_posting,
}


def is_filled(field: Field, values: Values) -> bool:
    """已报零 and 不适用 are filled, 未报 is not."""
    if field.is_count:
        return values.state(field.name) != ValueState.MISSING
    if field.kind in (Kind.YES_NO, Kind.YES_NO_NA):
        return values.get(field.name) != YesNo.MISSING
    name = f"{field.name}_id" if field.kind == Kind.POSTING else field.name
    return values.get(name) not in (None, "", [])


def is_required(field: Field, snapshot: Snapshot, values: Values) -> bool:
    """Whether the field counts in completeness now."""
    return CONDITIONS[field.required](snapshot, values)


def is_left_over(field: Field, snapshot: Snapshot, values: Values) -> bool:
    """Whether the field still holds a figure of a secretariat that does not exist (X-11)."""
    gone = snapshot.staff.get("secretariat_exists") == "no"
    if not gone or field.required != "secretariat_exists":
        return False
    return field.name in values.raw or (is_filled(field, values) and not values.is_na(field.name))


def is_shown(field: Field, snapshot: Snapshot, values: Values) -> bool:
    """Whether the form shows the field: optional ones always, conditional ones while required.

    What must be mended is shown in any case: refused input, and what X-11 asks to clear. Rows of
    tier 3 show everything as optional.
    """
    if field.is_optional or is_required(field, snapshot, values):
        return True
    if field.name in values.raw or is_left_over(field, snapshot, values):
        return True
    return field.required == "owed" and values.get("tier") == 3
