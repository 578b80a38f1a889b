"""What an address is asked for: an own object, a neighbour's, another federation's, none at all.

own: what the roles of the world hold. sibling: another organisation of the own society. joint: an
organisation of the neighbour that serves the own society (R-OWN-03). near: of another society of
the federation. far: of another federation. mixed: a row of the
neighbour's, asked for below an own ledger. missing: an id that does not exist.
"""

from __future__ import annotations

from typing import Any

OWN, SIBLING, JOINT, NEAR, FAR = "own", "sibling", "joint", "near", "far"
MIXED, MISSING = "mixed", "missing"

# Kind of object → where there is one.
KINDS: dict[str, tuple[str, ...]] = {
    "-": (OWN,),
    "appointment": (OWN, NEAR, FAR, MISSING),
    "society": (OWN, NEAR, FAR, MISSING),
    "organisation": (OWN, SIBLING, JOINT, NEAR, FAR, MISSING),
    "service": (OWN, SIBLING, JOINT, NEAR, FAR, MISSING),
    "interest": (OWN, NEAR, FAR, MISSING),
    "posting": (OWN, NEAR, FAR, MISSING),
    "life": (OWN, SIBLING, JOINT, NEAR, FAR, MISSING),
    "own_life": (OWN, SIBLING, NEAR, FAR, MISSING),
    "visit": (OWN, NEAR, FAR, MISSING),
    "member": (OWN, SIBLING, NEAR, FAR, MISSING),
    "participation": (OWN, NEAR, FAR, MISSING),
    "import": (OWN, SIBLING, NEAR, FAR, MISSING),
    "asked": (OWN, SIBLING, NEAR, FAR, MISSING),
    "offered": (OWN, SIBLING, NEAR, FAR, MISSING),
    "unit": (OWN, NEAR, FAR, MISSING),
    "filed_organisation": (OWN, NEAR, FAR, MISSING),
    "filing": (OWN, NEAR, FAR, MISSING),
    "asked_extension": (OWN, NEAR, FAR, MISSING),
    "party_group": (OWN, NEAR, FAR, MISSING),
    "revision": (OWN, FAR, MISSING),
    "round": (OWN, FAR, MISSING),
    "entry": (OWN, NEAR, FAR, MISSING),
    "veto": (OWN, NEAR, FAR, MISSING),
    "batch": (OWN, FAR, MISSING),
    "seat": (OWN, FAR, MISSING),
    "class": (OWN, FAR, MISSING),
    "enrolment": (OWN, NEAR, FAR, MISSING),
    "class_import": (OWN, FAR, MISSING),
    "offered_line": (OWN, FAR, MISSING),
    "own_member": (OWN, SIBLING, NEAR, FAR, MISSING),
    "hour_event": (OWN, SIBLING, NEAR, FAR, MISSING),
    "finding": (OWN, NEAR, FAR, MISSING),
    "grave_finding": (OWN, NEAR, FAR, MISSING),
    "evidence": (OWN, NEAR, FAR, MISSING),
    "check": (OWN, NEAR, FAR, MISSING),
    "answer": (OWN, NEAR, FAR, MISSING),
    "photo": (OWN, NEAR, FAR, MISSING),
    "period": (OWN, FAR, MISSING),
    "next_period": (OWN, FAR, MISSING),
    "expected": (OWN, NEAR, FAR, MISSING),
    "lock": (OWN, NEAR, FAR, MISSING),
    "ledger": (OWN, NEAR, FAR, MISSING),
    "version": (OWN, NEAR, FAR, MISSING),
    "guidance": (OWN, NEAR, FAR, MISSING),
    "section": (OWN, NEAR, FAR, MISSING),
    "leaders": (OWN, NEAR, FAR, MISSING),
    "leader": (OWN, NEAR, FAR, MIXED, MISSING),
    "last_leader": (OWN, NEAR, FAR, MIXED, MISSING),
    "measure": (OWN, NEAR, FAR, MIXED, MISSING),
}
# Objects that belong to one person: no role reaches another's.
PERSONAL = {"appointment"}

SOCIETY, ORGANISATION, FEDERATION = (
    ("UC", "US", "UD", "IN", "IT", "UV"),
    ("UB", "CR2"),
    ("CR", "CL", "CM", "LV", "IL", "TM"),
)
PLATFORM = ("SA", "SE", "AU")
REACH: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(SOCIETY, (OWN, SIBLING, JOINT)),
    **dict.fromkeys(ORGANISATION, (OWN,)),
    **dict.fromkeys(FEDERATION, (OWN, SIBLING, JOINT, NEAR)),
    **dict.fromkeys(PLATFORM, (OWN, SIBLING, JOINT, NEAR, FAR)),
}
# What a cell means where the object lies out of the role's scope.
OUTSIDE = {"ok": "404", "go": "404", "rd": "404", "--": "404", "no": "403"}
INSIDE = {"rd": "403", "no": "403", "--": "404"}
GONE = 987_654_321


def expected(cell: str, role: str, kind: str, place: str) -> str:
    """What this role gets there: ok, go, in or a status."""
    reach = (OWN,) if kind in PERSONAL else REACH.get(role, (OWN,))
    if place == MIXED:
        return "422" if cell == "go" else INSIDE.get(cell, cell)
    means = INSIDE if place in reach else OUTSIDE
    return means.get(cell, cell)


def without(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The same address for an id that does not exist."""
    return {name: value if name in ("number", "line") else GONE for name, value in kwargs.items()}
