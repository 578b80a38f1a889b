"""Whether an organisation needs a committee, and how large it is (R-ORG-06)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from branches import rules
from branches.models import OrganisationType, PostKind

if TYPE_CHECKING:
    from branches.filing_checks import Claim, Findings


def check_seats(claim: Claim, found: Findings) -> None:
    """R-ORG-06: who needs a committee, and how large it is."""
    seats, type = claim.filing.seats, claim.organisation.type
    if seats is None:
        found.wrong("seats", "请填写委员会职数，不设委员会的填 1")
        return
    if seats == 2 or seats < 1:
        found.wrong("seats", "设委员会的职数不少于 3 人，不设委员会的填 1")
    elif seats > rules.MAX_SEATS:
        found.wrong("seats", f"职数不能超过 {rules.MAX_SEATS}，请核对")
    elif type in rules.BRANCH_TYPES:
        _branch_seats(claim, seats, found)
    elif type in rules.COMMITTEE_TYPES and seats < rules.COMMITTEE_SEATS:
        found.wrong("seats", f"{claim.organisation.get_type_display()}职数不少于 3 人")
    elif type == OrganisationType.GENERAL_BRANCH and not 5 <= seats <= 7:
        found.look(f"党总支委员一般 5 至 7 人，现为 {seats} 人，请核对")


def _branch_seats(claim: Claim, seats: int, found: Findings) -> None:
    _against_register(claim, found)
    members = full_members(claim)
    if members is not None and rules.needs_branch_committee(members):
        if seats < rules.COMMITTEE_SEATS:
            message = f"正式党员 {members} 人，7 人以上应设支部委员会，职数不少于 3 人"
            found.wrong("seats", message)
    elif members is not None and seats >= rules.COMMITTEE_SEATS:
        found.look(f"正式党员 {members} 人，不足 7 人的一般不设支部委员会，请核对")
    if seats > rules.MOST_SEATS and not claim.filing.more_seats_reason.strip():
        found.wrong("more_seats_reason", "支部委员会一般不超过 7 人，超过的请写明理由")
    elif seats > rules.USUAL_SEATS:
        found.look(f"支部委员会一般 3 至 5 人，现为 {seats} 人，请核对")
    if seats >= rules.COMMITTEE_SEATS:
        _officers(claim, found)


def _against_register(claim: Claim, found: Findings) -> None:
    entitled, known = claim.filing.entitled, claim.registered
    if entitled is not None and known is not None and entitled > known:
        found.look(f"应到会有选举权 {entitled} 人，名册正式党员 {known} 人，请核对")


def _officers(claim: Claim, found: Findings) -> None:
    held = Counter(kind for row in claim.rows for kind in (row.kind, row.also_kind))
    needed = (
        PostKind.ORGANISATION_OFFICER,
        PostKind.PUBLICITY_OFFICER,
        PostKind.DISCIPLINE_OFFICER,
    )
    missing = [str(kind.label) for kind in needed if not held[kind]]
    if missing:
        found.look(f"支部委员会尚缺{'、'.join(missing)}，可由委员兼任")


def full_members(claim: Claim) -> int | None:
    """Full members of the organisation that day; None if unknown.

    By the register where the organisation keeps one: those confirmed, with their relation there
    (trap 4). An election names those with a vote: probationary members have none, so there are at
    least as many full members, and more than the register knows is what counts (R-ORG-08).
    """
    entitled = claim.filing.entitled if claim.is_elected else None
    known = [count for count in (claim.registered, entitled) if count is not None]
    return max(known, default=None)


def said_of_members(claim: Claim) -> str:
    """How many full members a branch has, and who says so (R-ORG-06); "" where nobody does."""
    members = full_members(claim)
    if members is None or claim.organisation.type not in rules.BRANCH_TYPES:
        return ""
    if claim.registered == members:
        return f"{members} 人（党员名册，{claim.filing.held_on}）"
    if claim.registered is not None:
        return f"{members} 人（按应到会有选举权人数，名册登记 {claim.registered} 人）"
    return f"{members} 人（名册未登记党员，按应到会有选举权人数）"
