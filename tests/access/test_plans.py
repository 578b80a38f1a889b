"""A society actor's ledger pages read the own rows by an index, at 10^5 ledgers (architecture)."""

import pytest
from django.db import connection
from django.urls import reverse

from accounts.permissions import Role
from ledgers.models import Ledger
from tests.branches.test_plans import FILL, plans_of
from tests.factories import make_actor, make_federation, make_ledger, make_society
from tests.factories.many import analyze

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.usefixtures("swept"),
    pytest.mark.xdist_group("large"),
]
LARGE = ("ledgers_ledger", "ledgers_expectedfiling", "ledgers_lockexception")
PERIODS = 48

LEDGERS = f"""
INSERT INTO ledgers_ledgerperiod (federation_id, edition_id, key, as_of, due_on, grace_until,
    closes_on, is_provisional, last_serial, refusal_reason)
SELECT p.federation_id, p.edition_id, 'P' || n, p.as_of - n * 183, p.due_on - n * 183,
    p.grace_until - n * 183, p.closes_on - n * 183, false, 0, ''
FROM ledgers_ledgerperiod p, generate_series(1, {PERIODS}) n WHERE p.id = %(period)s;
INSERT INTO ledgers_ledger (society_id, period_id, version, number, state, restatement_reason,
    returned_by_stage, return_reason, changes_count, register_differences, row_version)
SELECT s.id, p.id, 1, 'N' || s.id, 'draft', '', '', '', 0, 0, 1
FROM societies_society s, ledgers_ledgerperiod p WHERE s.code LIKE 'X%%' AND p.key LIKE 'P%%';
INSERT INTO ledgers_expectedfiling (society_id, period_id, exempt_reason, exemption_refusal_reason)
SELECT society_id, period_id, '', '' FROM ledgers_ledger WHERE number LIKE 'N%%';
INSERT INTO ledgers_lockexception (society_id, period_id, state, reason, until, refusal_reason,
    requested_by_id, requested_at)
SELECT society_id, period_id, 'requested', 'r', '2030-01-01', '', %(user)s, now()
FROM ledgers_ledger;
"""


@pytest.fixture
def clerk(client):
    federation = make_federation()
    society = make_society(federation)
    ledger = make_ledger(society)
    actor = make_actor(Role.SOCIETY_CLERK, society)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"federation": federation.pk})
        cursor.execute(LEDGERS, {"period": ledger.period_id, "user": actor.user.pk})
    analyze()
    client.force_login(actor.user)
    return ledger


def test_no_ledger_page_of_a_society_actor_reads_a_large_table_through(client, clerk):
    assert Ledger.objects.count() > 100_000
    pages = [
        reverse("home"),
        reverse("ledgers:list"),
        reverse("society", args=[clerk.society_id]),
        reverse("ledgers:section", args=[clerk.pk, 1]),
        f"{reverse('search')}?q=N1",
    ]
    plans = [(url, *plan) for url in pages for plan in plans_of(client, url, LARGE)]
    assert len(plans) >= 5
    assert [(url, sql, names) for url, sql, names in plans if set(names) & set(LARGE)] == []
