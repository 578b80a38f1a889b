"""Changing and ending organisations and units (R-ORG-16, EX-02, EX-05, EX-07)."""

from datetime import date

import pytest

from accounts.permissions import Role
from branches.actions import (
    change_organisation,
    close_secretariat,
    close_society_branch,
    dissolve_organisation,
    open_society_branch,
    resume,
    serve_unit,
    stop_serving,
    suspend,
)
from branches.models import OrganisationService, OrganisationType
from common import clock
from common.errors import ActionRefused, Conflict, NotAllowed
from societies.models import BackdatedFact, DirtySociety, SocietyUnit, UnitKind
from tests.factories import make_actor, make_organisation, make_society, make_society_branch

pytestmark = pytest.mark.django_db
NOW = clock.start_of(date(2026, 11, 22))
GROUP = OrganisationType.WORKING_GROUP


@pytest.fixture
def society():
    return make_society()


@pytest.fixture
def who(society):
    return {"by": make_actor(Role.COMMITTEE_REVIEWER, society.federation), "now": NOW}


def covered(on, *tiers):
    return OrganisationService.objects.covering(on, tiers or (1, 2, 3)).count()


def test_dissolving_ends_coverage_on_the_day_named(society, who):
    """EX-02: the day of dissolution no longer counts; every society served is dirty."""
    other = make_society(society.federation)
    units = [s.units.get(kind=UnitKind.SECRETARIAT) for s in (society, other)]
    joint = make_organisation(society, *units, type=OrganisationType.JOINT_BRANCH)
    dissolve_organisation(
        organisation=joint, on=date(2016, 12, 31), number="科社党〔2016〕9号", **who
    )
    assert covered(date(2016, 12, 30)) == 2
    assert covered(date(2016, 12, 31)) == 0
    assert set(BackdatedFact.objects.values_list("society", "since")) == {
        (society.pk, date(2016, 12, 31)),
        (other.pk, date(2016, 12, 31)),
    }


@pytest.mark.parametrize(
    ("on", "number", "place"),
    [
        (date(2016, 1, 1), "科社党〔2016〕9号", "on"),
        (date(2017, 1, 1), " ", "number"),
    ],
)
def test_dissolving_needs_a_later_day_and_a_number(society, who, on, number, place):
    organisation = make_organisation(society)
    with pytest.raises(ActionRefused) as refused:
        dissolve_organisation(organisation=organisation, on=on, number=number, **who)
    assert list(refused.value.errors) == [place]
    assert covered(date(2017, 6, 1)) == 1


def test_dissolving_twice_is_refused(society, who):
    organisation = make_organisation(society)
    dissolve_organisation(organisation=organisation, on=date(2017, 1, 1), number="1号", **who)
    with pytest.raises(ActionRefused, match="已于 2017-01-01 撤销"):
        dissolve_organisation(organisation=organisation, on=date(2018, 1, 1), number="2号", **who)


def test_the_society_itself_changes_nothing(society):
    organisation = make_organisation(society)
    secretary = {"by": make_actor(Role.SOCIETY_SECRETARY, society), "now": NOW}
    with pytest.raises(NotAllowed):
        dissolve_organisation(
            organisation=organisation, on=date(2017, 1, 1), number="1", **secretary
        )
    with pytest.raises(NotAllowed):
        change_organisation(organisation=organisation, row_version=1, changes={}, **secretary)
    with pytest.raises(NotAllowed):
        stop_serving(service=organisation.services.get(), on=date(2017, 1, 1), **secretary)


def test_change_checks_the_row_version(society, who):
    organisation = make_organisation(society)
    change_organisation(organisation=organisation, row_version=1, changes={"name": "甲"}, **who)
    with pytest.raises(Conflict):
        change_organisation(organisation=organisation, row_version=1, changes={"name": "乙"}, **who)
    organisation.refresh_from_db()
    assert organisation.name == "甲"
    assert not DirtySociety.objects.exists(), "a name moves no figure"


def test_change_of_type_reaches_the_links(society, who):
    """The type alone decides coverage: the copy on the link follows, since the first day."""
    organisation = make_organisation(society, type=OrganisationType.BRANCH)
    changes = {"type": OrganisationType.GENERAL_BRANCH}
    change_organisation(organisation=organisation, row_version=1, changes=changes, **who)
    assert organisation.services.get().organisation_type == OrganisationType.GENERAL_BRANCH
    assert BackdatedFact.objects.get().since == date(2016, 1, 1)


@pytest.mark.parametrize("day", [date(2015, 3, 1), date(2016, 9, 1)])
def test_corrected_establishment_moves_links_and_marks_the_earlier_day(society, who, day):
    organisation = make_organisation(society, approved_on=date(2015, 1, 1))
    changes = {"established_on": day}
    change_organisation(organisation=organisation, row_version=1, changes=changes, **who)
    assert organisation.services.get().valid_from == day
    assert BackdatedFact.objects.get().since == min(day, date(2016, 1, 1))


def test_superior_may_not_lie_below(society, who):
    top = make_organisation(society)
    below = make_organisation(society, parent=top)
    with pytest.raises(ActionRefused) as refused:
        change_organisation(organisation=top, row_version=1, changes={"parent": below}, **who)
    assert "自身或其下级" in refused.value.errors["parent"][0]


def test_units_are_taken_on_and_given_up(society, who):
    organisation = make_organisation(society)
    unit = make_society_branch(society)
    service = serve_unit(organisation=organisation, unit=unit, valid_from=date(2017, 1, 1), **who)
    assert covered(date(2017, 1, 1), 3) == 1
    with pytest.raises(ActionRefused) as refused:
        serve_unit(organisation=organisation, unit=unit, valid_from=date(2017, 5, 1), **who)
    assert "已登记" in refused.value.errors["unit"][0]
    stop_serving(service=service, on=date(2018, 1, 1), **who)
    assert covered(date(2017, 12, 31), 3) == 1
    assert covered(date(2018, 1, 1), 3) == 0


def test_suspension_does_not_count_and_ends(society, who):
    """rules §6: a suspended interval does not count."""
    organisation = make_organisation(society)
    suspend(organisation=organisation, on=date(2018, 1, 1), document_number="3号", **who)
    with pytest.raises(ActionRefused):
        suspend(organisation=organisation, on=date(2018, 2, 1), document_number="4号", **who)
    resume(organisation=organisation, on=date(2018, 3, 1), **who)
    days = [date(2017, 12, 31), date(2018, 1, 1), date(2018, 2, 28), date(2018, 3, 1)]
    assert [covered(d) for d in days] == [1, 0, 0, 1]
    with pytest.raises(ActionRefused, match="没有处于暂停状态"):
        resume(organisation=organisation, on=date(2018, 4, 1), **who)


def test_working_groups_end_with_their_unit(society, who):
    """EX-07: 13 of 21 the day before, 12 of 20 from the day of closing."""
    units = [make_society_branch(society, name=f"第{n}专业委员会") for n in range(21)]
    groups = [make_organisation(society, unit, type=GROUP) for unit in units[:13]]
    branch = make_organisation(society, units[0], type=OrganisationType.BRANCH)
    close_society_branch(unit=units[0], on=date(2016, 6, 30), note="理事会决议", **who)
    alive = [
        SocietyUnit.objects.filter(tier=3).valid_on(date(2016, 6, d)).count() for d in (29, 30)
    ]
    assert alive == [21, 20]
    links = OrganisationService.objects
    have = [
        links.covering(date(2016, 6, day), [3]).values("unit").distinct().count()
        for day in (29, 30)
    ]
    assert have == [13, 12]
    groups[0].refresh_from_db()
    branch.refresh_from_db()
    assert groups[0].dissolved_on == date(2016, 6, 30)
    assert branch.dissolved_on is None, "a branch lives on; only its link ends"


def test_closing_a_branch_dirties_every_society_its_group_serves(society, who):
    other = make_society(society.federation)
    units = [make_society_branch(s) for s in (society, other)]
    group = make_organisation(society, *units, type=GROUP, form="joint")
    close_society_branch(unit=units[1], on=date(2020, 1, 1), note="决议", **who)
    group.refresh_from_db()
    assert group.dissolved_on is None
    close_society_branch(unit=units[0], on=date(2021, 1, 1), note="决议", **who)
    group.refresh_from_db()
    assert group.dissolved_on == date(2021, 1, 1)
    assert set(DirtySociety.objects.values_list("society", flat=True)) == {society.pk, other.pk}


def test_open_society_branch(society, who):
    unit = open_society_branch(
        society=society,
        kind=UnitKind.DIVISION,
        name="计算分会",
        valid_from=date(2019, 5, 1),
        **who,
    )
    assert SocietyUnit.objects.get(pk=unit.pk).tier == 3
    with pytest.raises(ActionRefused) as refused:
        open_society_branch(
            society=society,
            kind=UnitKind.DIVISION,
            name="计算分会",
            valid_from=date(2020, 1, 1),
            **who,
        )
    assert "同名" in refused.value.errors["name"][0]
    with pytest.raises(ActionRefused) as refused:
        open_society_branch(
            society=society, kind=UnitKind.COUNCIL, name="理", valid_from=date(2020, 1, 1), **who
        )
    assert "kind" in refused.value.errors


def test_secretariat_with_an_organisation_is_not_closed(society, who):
    """EX-05, X-05, R-LED-11."""
    secretariat = society.units.get(kind=UnitKind.SECRETARIAT)
    organisation = make_organisation(society, name="秘书处党支部")
    with pytest.raises(ActionRefused) as refused:
        close_secretariat(unit=secretariat, on=date(2020, 6, 30), note="台账", **who)
    assert "“秘书处党支部”" in refused.value.errors["secretariat_exists"][0]
    dissolve_organisation(organisation=organisation, on=date(2020, 6, 30), number="1号", **who)
    close_secretariat(unit=secretariat, on=date(2020, 6, 30), note="台账", **who)
    assert not SocietyUnit.objects.filter(tier=2).valid_on(date(2020, 6, 30)).exists()
