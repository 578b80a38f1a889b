"""The predicate “organisation covers unit on a date” by the worked examples (rules §6, §17)."""

from datetime import date

import pytest

from branches.models import (
    Basis,
    OrganisationForm,
    OrganisationService,
    OrganisationSuspension,
    OrganisationType,
)
from societies.models import SocietyUnit, UnitKind
from tests.factories import (
    make_federation,
    make_organisation,
    make_society,
    make_society_branch,
)

pytestmark = pytest.mark.django_db
D = date(2016, 12, 31)
T = OrganisationType


def unit(society, kind=UnitKind.SECRETARIAT):
    return society.units.get(kind=kind)


def covered(on, *tiers):
    """The units covered on a day, by society name."""
    links = OrganisationService.objects.covering(on, tiers or (1, 2, 3))
    return sorted(set(links.values_list("society__name", flat=True)))


@pytest.fixture
def ex02():
    """EX-02: J serves the secretariats of S1 to S3, S4 has a 学会党委, S5 nothing."""
    federation = make_federation()
    societies = [make_society(federation, name=f"S{n}") for n in range(1, 6)]
    joint = make_organisation(
        societies[0],
        *(unit(s) for s in societies[:3]),
        type=T.JOINT_BRANCH,
        approved_on=date(2016, 11, 20),
        established_on=date(2016, 12, 5),
    )
    make_organisation(
        societies[3], unit(societies[3], UnitKind.COUNCIL), type=T.FUNCTIONAL_COMMITTEE
    )
    return societies, joint


def test_ex02_joint_organisation_covers_each_society_from_its_establishment(ex02):
    assert covered(D, 1) == ["S4"]
    assert covered(D, 2) == ["S1", "S2", "S3"]
    assert covered(D, 1, 2) == ["S1", "S2", "S3", "S4"]
    assert covered(date(2016, 12, 4), 1, 2) == ["S4"], "approved, not yet established"


def test_ex02_variant_council_too(ex02):
    societies, joint = ex02
    OrganisationService.objects.create(
        organisation=joint,
        unit=unit(societies[0], UnitKind.COUNCIL),
        society=societies[0],
        organisation_type=joint.type,
        tier=1,
        valid_from=joint.established_on,
    )
    assert covered(D, 1) == ["S1", "S4"]
    assert covered(D, 1, 2) == ["S1", "S2", "S3", "S4"]


def test_ex02_dissolution_day_no_longer_counts(ex02):
    _, joint = ex02
    joint.dissolved_on, joint.dissolution_number = D, "1号"
    joint.save()
    assert len(covered(date(2016, 12, 30), 1, 2)) == 4
    assert covered(D, 1, 2) == ["S4"]


def test_ex05_closed_secretariat_and_seconded_branch():
    """S7 without a secretariat has no tier-2 unit; S8's living unit is covered."""
    s7, s8 = make_society(name="S7", secretariat=False), make_society(name="S8")
    make_organisation(s7, unit(s7, UnitKind.COUNCIL), type=T.FUNCTIONAL_COMMITTEE)
    make_organisation(s8, unit(s8))
    assert covered(D, 1) == ["S7"]
    assert covered(D, 2) == ["S8"]
    assert not SocietyUnit.objects.filter(society=s7, tier=2).exists()


def test_ex06_reported_overlapping_branch_counts():
    s9 = make_society(name="S9")
    assert covered(D) == []
    make_organisation(s9, form=OrganisationForm.OVERLAPPING, basis=Basis.RECORD_FILING)
    assert covered(D, 2) == ["S9"]


def test_ex07_link_to_a_closed_unit_does_not_count():
    """Even a link left open ends with its unit."""
    society = make_society(name="S")
    closed = make_society_branch(society, valid_to=date(2016, 6, 30))
    make_organisation(society, closed, type=T.WORKING_GROUP)
    assert covered(date(2016, 6, 29), 3) == ["S"]
    assert covered(date(2016, 6, 30), 3) == []


# rules §6 by type: does it cover tiers 1, 2, 3? Any form.
COVERS = {
    T.COMMITTEE: (True, True, False),
    T.FUNCTIONAL_COMMITTEE: (True, False, False),
    T.GENERAL_BRANCH: (True, True, False),
    T.BRANCH: (True, True, True),
    T.JOINT_BRANCH: (True, True, True),
    T.TEMPORARY_BRANCH: (False, True, False),
    T.FUNCTIONAL_BRANCH: (False, True, True),
    T.WORKING_GROUP: (True, True, True),
}


@pytest.mark.parametrize("kind", OrganisationType)
def test_the_type_alone_decides_the_tiers(kind):
    for form in OrganisationForm:
        society = make_society()
        units = (unit(society, UnitKind.COUNCIL), unit(society), make_society_branch(society))
        make_organisation(society, *units, type=kind, form=form)
        links = OrganisationService.objects.covering(D).filter(society=society)
        tiers = set(links.values_list("tier", flat=True))
        assert tiers == {tier for tier, yes in enumerate(COVERS[kind], 1) if yes}


def test_suspension_interrupts_and_overdue_terms_do_not():
    society = make_society(name="S")
    organisation = make_organisation(society)
    OrganisationSuspension.objects.create(
        organisation=organisation,
        society=society,
        valid_from=date(2016, 3, 1),
        valid_to=date(2016, 4, 1),
        document_number="1号",
    )
    days = [date(2016, 2, 29), date(2016, 3, 1), date(2016, 3, 31), date(2016, 4, 1)]
    assert [bool(covered(day)) for day in days] == [True, False, False, True]
    assert covered(date(2040, 1, 1)) == ["S"]
