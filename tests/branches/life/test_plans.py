"""Pages of organisation life read the own rows by an index, at 10^5 organisations."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.permissions import Role
from branches.models import ExpectedLife, LifeRecord, ObligationRule
from tests.branches.test_plans import FILL, plans_of
from tests.factories import (
    file_life,
    make_actor,
    make_federation,
    make_obligations,
    make_organisation,
    make_society,
    turn_life,
)
from tests.factories.life import moment_of
from tests.factories.many import analyze

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.usefixtures("swept"),
    pytest.mark.xdist_group("large"),
]
LARGE = ("branches_liferecord", "branches_expectedlife")
TODAY = moment_of(date(2026, 11, 22))

LIFE = """
INSERT INTO branches_expectedlife (organisation_id, society_id, rule_id, kind, period, first_day,
    last_day, counts_until, required, held)
SELECT id, society_id, %(rule)s, 'working_group_activity', '2026', '2026-01-01', '2026-12-31',
    '2027-01-10', 1, 0
FROM branches_partyorganisation WHERE type = 'working_group';
INSERT INTO branches_liferecord (organisation_id, society_id, kind, also_kind, held_on, place,
    chair_name, agenda, first_topic, learning, decision, expected, present, excused, observers,
    state, counted_on, is_late, filed_at, filed_by_id, return_reason, withdrawal_reason,
    row_version)
SELECT o.id, o.society_id, 'working_group_activity', '', '2026-01-01'::date + n * 90, '', '',
    n::text, false, 'l', '', 3, 3, 0, 0, 'filed', '2026-12-01', false, '2026-11-20', %(user)s, '',
    '', 1
FROM branches_partyorganisation o, generate_series(1, 3) n WHERE o.type = 'working_group';
"""


@pytest.fixture
def branch():
    with time_machine.travel(TODAY, tick=False):
        federation = make_federation()
        make_obligations(federation)
        branch = make_organisation(make_society(federation))
        turn_life(federation, TODAY.date())
        file_life(branch, held_on=TODAY.date())
        rule = ObligationRule.objects.get(kind="working_group_activity")
        user = make_actor(Role.BRANCH_SECRETARY, branch).user
        with connection.cursor() as cursor:
            cursor.execute(FILL, {"federation": federation.pk})
            cursor.execute(LIFE, {"rule": rule.pk, "user": user.pk})
        analyze()
        yield branch


def wrong(client, pages):
    plans = [(url, *plan) for url in pages for plan in plans_of(client, url, LARGE)]
    assert len(plans) >= 5
    return [(url, sql, names) for url, sql, names in plans if set(names) & set(LARGE)]


def test_no_page_reads_a_large_table_through(client, branch):
    assert LifeRecord.objects.count() > 300_000
    assert ExpectedLife.objects.count() > 100_000
    own = [reverse(f"branches:{name}") for name in ("life_own", "life_list")]
    of_one = [reverse(f"branches:{n}", args=[branch.pk]) for n in ("life_calendar", "life_file")]
    anywhere = [reverse("home"), reverse("search", query={"q": "学习"})]
    client.force_login(make_actor(Role.BRANCH_SECRETARY, branch).user)
    assert wrong(client, [*anywhere, *own, *of_one]) == []
    client.force_login(make_actor(Role.SOCIETY_SECRETARY, branch.society).user)
    page = reverse("society", args=[branch.society_id])
    assert wrong(client, [*anywhere, page, *own, of_one[0]]) == []
