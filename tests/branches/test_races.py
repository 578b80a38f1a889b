"""Two reviewers at once: the database decides, exactly one wins (R-ORG-16)."""

import threading
from datetime import date

import pytest
from django.db import connection

from accounts.permissions import Role
from branches.actions import checks, enter_organisation, organisations
from branches.models import OrganisationType, PartyOrganisation
from common import clock
from common.errors import ActionRefused
from societies.models import UnitKind
from tests.factories import make_actor, make_society

NOW = clock.start_of(date(2026, 11, 22))
EXCLUSION = "service_one_committee_per_council"


def enter_committees_at_once(monkeypatch) -> list[object]:
    """Two reviewers enter a 学会党委 for the same council; what each of them got."""
    society = make_society()
    council = society.units.get(kind=UnitKind.COUNCIL)
    reviewers = [make_actor(Role.COMMITTEE_REVIEWER, society.federation) for _ in range(2)]
    together = threading.Barrier(2)
    # Both have passed every check of the action before either writes: rows are read without locks.
    monkeypatch.setattr(organisations, "lock_units", lambda units: list(units))
    real = organisations.check_units

    def checked(*args, **kwargs):
        real(*args, **kwargs)
        together.wait(timeout=10)

    monkeypatch.setattr(organisations, "check_units", checked)
    results: list[object] = []

    def enter(reviewer, number):
        try:
            results.append(
                enter_organisation(
                    society=society,
                    units=[council],
                    type=OrganisationType.FUNCTIONAL_COMMITTEE,
                    name=f"学会党委{number}",
                    approval_number=f"科社党〔2026〕{number}号",
                    approved_on=date(2026, 3, 1),
                    established_on=date(2026, 3, 1),
                    by=reviewer,
                    now=NOW,
                )
            )
        except ActionRefused as refused:
            results.append(refused)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=enter, args=(reviewer, n)) for n, reviewer in enumerate(reviewers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.mark.django_db(transaction=True)
def test_one_committee_per_council_wins(monkeypatch):
    results = enter_committees_at_once(monkeypatch)
    (refused,) = [r for r in results if isinstance(r, ActionRefused)]
    assert refused.errors == {"units": ["理事会同一时间只能有一个党委"]}
    assert PartyOrganisation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_exclusion_both_would_stand(monkeypatch):
    """Negative control: the constraint dropped, then put back."""
    service = organisations.OrganisationService
    (constraint,) = [c for c in service._meta.constraints if c.name == EXCLUSION]
    with connection.schema_editor() as editor:
        editor.remove_constraint(service, constraint)
    try:
        results = enter_committees_at_once(monkeypatch)
        assert all(isinstance(r, PartyOrganisation) for r in results)
        assert PartyOrganisation.objects.count() == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE branches_organisationservice CASCADE")
        with connection.schema_editor() as editor:
            editor.add_constraint(service, constraint)


@pytest.mark.django_db
def test_units_are_locked_while_an_organisation_is_entered(django_assert_num_queries):
    """A unit cannot close between the check and the link: its row is locked first."""
    unit = make_society().units.get(kind=UnitKind.COUNCIL)
    with django_assert_num_queries(1) as queries:
        checks.lock_units([unit])
    assert "FOR NO KEY UPDATE" in queries[0]["sql"]
