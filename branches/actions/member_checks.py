"""What the actions on members check and lock alike."""

from __future__ import annotations

from datetime import date

from accounts.permissions import Permission
from branches.actions.checks import check_dates
from branches.member_states import MEMBER_STEPS
from branches.members import writing
from branches.members.deciding import Facts, problems_of
from branches.models import PartyMember, PartyOrganisation
from common.errors import ActionRefused
from common.states import check_step, find
from societies.access import Actor

SINCE = {"affiliation_one_at_a_time": "since", "participation_once_at_a_time": "since"}


def keeps(by: Actor, member: PartyMember) -> bool:
    """Whether the actor files for the organisation that keeps this record."""
    return member.organisation_id in by.scope(Permission.MEMBER_FILE).ids


def lock_member(member: PartyMember, verb: str, by: Actor) -> PartyMember:
    """The member's row for a step of the keeper, locked and read afresh.

    The register first, as everybody who writes it does, or two would wait for each other.
    """
    writing.lock_register(member.society_id)
    rows = PartyMember.objects.select_for_update(of=("self",))
    row = rows.select_related("organisation", "society").get(pk=member.pk)
    step = find(MEMBER_STEPS, verb)
    check_step(step, state=row.state, row=row, may=keeps(by, row), user_id=by.user.pk)
    return row


def clean_name(name: str) -> str:
    """A name without blanks; the dot between the parts of a name is always ·."""
    plain = "".join(name.split()) if not name.isascii() else " ".join(name.split())
    for dot in "•‧∙・．.｡":
        plain = plain.replace(dot, "·") if not plain.isascii() else plain
    return plain


def check_facts(
    facts: Facts, organisation: PartyOrganisation | None, since: date, today: date
) -> None:
    """Refuse impossible values at their fields; organisation: where somebody is put on the roll."""
    errors = {name: [f"{w}。{m}"] for name, (w, m) in problems_of(facts, today).items()}
    if not facts.name:
        errors["name"] = ["请填写姓名"]
    if organisation is not None:
        check_dates(today, {"since": since}, {})
        if since < organisation.established_on:
            day = organisation.established_on
            errors["since"] = [f"不能早于党组织成立日期 {day}"]
        check_living(organisation, today)
    if errors:
        raise ActionRefused(errors)


def check_living(organisation: PartyOrganisation, today: date) -> None:
    """Nobody is put on the roll of an organisation that no longer is. Raises ActionRefused."""
    if organisation.dissolved_on and organisation.dissolved_on <= today:
        raise ActionRefused(f"该党组织已于 {organisation.dissolved_on} 撤销，不能登记党员")


def lock_living(organisation: PartyOrganisation, today: date) -> PartyOrganisation:
    """The organisation of a roll, locked, so that nobody dissolves it before somebody is on it.

    After the register, as every row of it (R8). Raises ActionRefused if it is dissolved.
    """
    rows = PartyOrganisation.objects.select_for_update(of=("self",), no_key=True)
    found: PartyOrganisation = rows.select_related("society").get(pk=organisation.pk)
    check_living(found, today)
    return found
