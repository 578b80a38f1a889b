"""Entering an organisation from a paper decision (R-ORG-05, R-ORG-09 … R-ORG-11, R-ORG-16)."""

from datetime import date

import pytest

from accounts.permissions import Role
from branches.actions import enter_organisation
from branches.models import OrganisationService, OrganisationType, PartyOrganisation
from branches.rules import joint_units_warning
from common import clock
from common.errors import ActionRefused, NotAllowed
from societies.models import BackdatedFact, DirtySociety, UnitKind
from tests.factories import make_actor, make_federation, make_society, make_society_branch

pytestmark = pytest.mark.django_db
NOW = clock.start_of(date(2026, 11, 22))


@pytest.fixture
def society():
    return make_society()


@pytest.fixture
def reviewer(society):
    return make_actor(Role.COMMITTEE_REVIEWER, society.federation)


def unit_of(society, kind=UnitKind.SECRETARIAT):
    return society.units.get(kind=kind)


def enter(reviewer, society, *units, **fields):
    fields = {
        "type": OrganisationType.BRANCH,
        "name": "示例党支部",
        "approval_number": "科社党〔2026〕12号",
        "approved_on": date(2026, 3, 1),
        "established_on": date(2026, 3, 5),
    } | fields
    return enter_organisation(
        society=society, units=units or [unit_of(society)], by=reviewer, now=NOW, **fields
    )


def test_enters_organisation_links_and_dirty_rows(reviewer, society):
    organisation = enter(reviewer, society)
    service = organisation.services.get()
    assert (service.unit, service.tier, service.valid_from) == (
        unit_of(society),
        2,
        date(2026, 3, 5),
    )
    assert OrganisationService.objects.covering(date(2026, 3, 5)).get() == service
    assert not OrganisationService.objects.covering(date(2026, 3, 4)).exists()
    assert list(DirtySociety.objects.values_list("society", flat=True)) == [society.pk]
    assert BackdatedFact.objects.get().since == date(2026, 3, 5)


@pytest.mark.parametrize("role", [Role.SOCIETY_CLERK, Role.SOCIETY_SECRETARY, Role.INSPECTOR])
def test_a_society_never_enters(society, role):
    """R-ORG-09, roles.md §3."""
    with pytest.raises(NotAllowed):
        enter(make_actor(role, society), society)
    assert not PartyOrganisation.objects.exists()


def test_leader_and_foreign_reviewer_do_not_enter(society):
    for actor in (
        make_actor(Role.COMMITTEE_LEADER, society.federation),
        make_actor(Role.COMMITTEE_REVIEWER, make_federation()),
    ):
        with pytest.raises(NotAllowed):
            enter(actor, society)


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"established_on": date(2026, 11, 23)}, "established_on", "晚于今天"),
        ({"approved_on": date(2027, 1, 1)}, "approved_on", "晚于今天"),
        ({"established_on": date(2026, 2, 1)}, "established_on", "不能早于批复"),
        ({"approval_number": " "}, "approval_number", "文号"),
        ({"approved_on": date(206, 1, 1)}, "approved_on", "核对年份"),
        ({"type": OrganisationType.TEMPORARY_BRANCH, "council": True}, "type", "理事会层面"),
        ({"form": "overlapping"}, "supporting_unit", "高度重合"),
        ({"type": "party_group"}, "type", ""),
    ],
)
def test_bad_input_is_refused_at_its_field(reviewer, society, fields, place, words):
    fields = dict(fields)
    kind = UnitKind.COUNCIL if fields.pop("council", False) else UnitKind.SECRETARIAT
    with pytest.raises(ActionRefused) as refused:
        enter(reviewer, society, unit_of(society, kind), **fields)
    assert list(refused.value.errors) == [place]
    assert words in refused.value.errors[place][0]
    assert not PartyOrganisation.objects.exists()


def test_units_must_be_of_the_federation_and_include_the_lead(reviewer, society):
    neighbour = make_society(society.federation)
    foreign = make_society()
    for units, words in (
        ([unit_of(foreign)], "不在本科协"),
        ([unit_of(neighbour)], "牵头学会"),
        ([unit_of(society), unit_of(neighbour)], "只有联合"),
    ):
        with pytest.raises(ActionRefused) as refused:
            enter(reviewer, society, *units)
        assert words in refused.value.errors["units"][0]


def test_joint_branch_serves_several_societies_and_all_become_dirty(reviewer, society):
    """R-OWN-03: one organisation, a link row per society, all recomputed."""
    others = [make_society(society.federation) for _ in range(2)]
    all_units = [unit_of(s) for s in (society, *others)]
    joint = enter(reviewer, society, *all_units, type=OrganisationType.JOINT_BRANCH)
    assert PartyOrganisation.objects.get() == joint
    served = {society.pk, *(o.pk for o in others)}
    assert set(DirtySociety.objects.values_list("society", flat=True)) == served
    for other in others:
        clerk = make_actor(Role.SOCIETY_CLERK, other)
        assert PartyOrganisation.objects.visible_to(clerk).get() == joint
    stranger = make_actor(Role.SOCIETY_CLERK, make_society(society.federation))
    assert not PartyOrganisation.objects.visible_to(stranger).exists()


def test_joint_branch_beyond_five_units_warns_only():
    """R-ORG-05 says “一般”: no refusal (trap 12)."""
    assert joint_units_warning("joint_branch", 5) == ""
    assert "6 个" in joint_units_warning("joint_branch", 6)
    assert joint_units_warning("branch", 6) == ""


def test_unit_must_live_when_the_organisation_begins(reviewer, society):
    young = make_society_branch(society, valid_from=date(2026, 5, 1))
    closed = make_society_branch(society, valid_to=date(2026, 1, 1))
    for unit, words in ((young, "才设立"), (closed, "撤销")):
        with pytest.raises(ActionRefused) as refused:
            enter(reviewer, society, unit, type=OrganisationType.WORKING_GROUP)
        assert words in refused.value.errors["units"][0]


def test_working_group_of_a_unit_closed_since_ends_with_it(reviewer, society):
    """R-ORG-16, entered afterwards."""
    closed = make_society_branch(society, valid_to=date(2026, 8, 1), closing_note="理事会决议")
    group = enter(reviewer, society, closed, type=OrganisationType.WORKING_GROUP)
    assert group.dissolved_on == date(2026, 8, 1)
    assert group.services.get().valid_to == date(2026, 8, 1)


def test_superior_defaults_to_the_council_committee(reviewer, society):
    """R-ORG-11."""
    committee = enter(
        reviewer,
        society,
        unit_of(society, UnitKind.COUNCIL),
        type=OrganisationType.FUNCTIONAL_COMMITTEE,
    )
    assert committee.parent is None
    assert enter(reviewer, society).parent == committee
    overlapping = enter(reviewer, society, form="overlapping", supporting_unit="示例研究所党委")
    assert overlapping.parent is None


def test_superior_lies_in_the_same_federation(reviewer, society):
    foreign = make_society()
    stranger = enter(
        make_actor(Role.COMMITTEE_REVIEWER, foreign.federation), foreign, unit_of(foreign)
    )
    with pytest.raises(ActionRefused) as refused:
        enter(reviewer, society, parent=stranger)
    assert "parent" in refused.value.errors
