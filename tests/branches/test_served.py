"""R-OWN-02, R-OWN-03: a society reads of a joint organisation what was while it was served."""

from datetime import date

import pytest
from django.db.models import Q

from accounts.permissions import Role
from branches.actions.organisations import change_organisation
from branches.life.access import filed_for, leads_society
from branches.models import LifeRecord, OrganisationSuspension, PartyOrganisation, Post, Term
from branches.querysets_life import LifeRecordQuerySet
from common.errors import ActionRefused
from tests.factories import (
    file_life,
    make_actor,
    make_federation,
    make_obligations,
    make_organisation,
    make_society,
)
from tests.factories.life import filer_of, moment_of
from tests.factories.terms import make_post, make_term

pytestmark = pytest.mark.django_db
LEFT = date(2025, 1, 1)
TODAY = date(2026, 11, 22)


@pytest.fixture
def joint():
    """Led by one society, serving another until the end of 2024."""
    federation = make_federation()
    make_obligations(federation)
    lead, served = make_society(federation), make_society(federation)
    units = [society.units.get(tier=2) for society in (lead, served)]
    organisation = make_organisation(lead, *units, type="joint_branch")
    organisation.services.filter(society=served).update(valid_to=LEFT)
    organisation.served = served
    return organisation


def secretary(society):
    return make_actor(Role.SOCIETY_SECRETARY, society)


def test_records_open_to_whom_the_organisation_served_that_day(joint, monkeypatch):
    by = filer_of(joint)
    days = (date(2024, 12, 31), LEFT, date(2026, 3, 5))
    records = [file_life(joint, held_on=day, by=by) for day in days]
    lead, served = secretary(joint.society), secretary(joint.served)
    assert set(LifeRecord.objects.visible_to(lead)) == set(records)
    assert set(LifeRecord.objects.visible_to(served)) == {records[0]}
    # Negative control: without the days the society reads what is no longer its own.
    monkeypatch.setattr(LifeRecordQuerySet, "while_served", lambda self: Q())
    assert LifeRecord.objects.visible_to(served).count() == 3


def test_posts_terms_and_suspensions_open_by_their_days(joint):
    old = make_term(joint, date(2021, 2, 1), term_years=3)
    new = make_term(joint, date(2025, 2, 1), term_years=3)
    before = make_post(joint, term=old, valid_from=date(2021, 2, 1), valid_to=date(2025, 2, 1))
    after = make_post(joint, term=new, valid_from=date(2025, 2, 1))
    paused = [
        OrganisationSuspension.objects.create(
            organisation=joint,
            society=joint.society,
            valid_from=date(year, 5, 1),
            valid_to=date(year, 6, 1),
            document_number=f"停{year}",
        )
        for year in (2024, 2026)
    ]
    facts = {Term: (old, new), Post: (before, after), OrganisationSuspension: tuple(paused)}
    lead, served = secretary(joint.society), secretary(joint.served)
    for model, (then, now) in facts.items():
        assert set(model.objects.visible_to(lead)) == {then, now}
        assert list(model.objects.visible_to(served)) == [then]
    # The organisation itself stays: what it once covered is explained by its page.
    assert joint in PartyOrganisation.objects.visible_to(served)


def test_a_single_organisation_keeps_no_other_society(joint):
    """R-ORG-05: also if the other society joined after the first day."""
    by = make_actor(Role.COMMITTEE_REVIEWER, joint.society.federation)

    def change():
        return change_organisation(
            organisation=joint,
            row_version=joint.row_version,
            changes={"type": "branch"},
            by=by,
            now=moment_of(TODAY),
        )

    links = joint.services.filter(society=joint.served)
    links.update(valid_from=date(2024, 1, 1), valid_to=None)
    with pytest.raises(ActionRefused) as refused:
        change()
    assert joint.served.name in "".join(refused.value.errors["type"])
    links.update(valid_to=LEFT)
    assert change().type == "branch"


def test_tier_one_is_the_council_served_today(joint, monkeypatch):
    """R-LIFE-05, R-ORG-11: who served a council once is not led by it for ever."""
    monkeypatch.setattr("common.clock.now", lambda: moment_of(TODAY))
    council = joint.society.units.get(tier=1)
    branch = make_organisation(joint.society, council)
    by = secretary(joint.society)
    assert leads_society(branch) and branch in filed_for(by)
    branch.services.update(valid_to=LEFT)
    assert not leads_society(branch) and branch not in filed_for(by)
    # One that ended with its last link is still written by the same hand: late records come.
    PartyOrganisation.objects.filter(pk=branch.pk).update(
        dissolved_on=LEFT, dissolution_number="撤1号"
    )
    assert leads_society(branch) and branch in filed_for(by)
