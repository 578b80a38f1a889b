"""The register of members reads the own rows by an index, at 10^5 members."""

import pytest
from django.db import connection
from django.urls import reverse

from accounts.permissions import Role
from branches.models import Affiliation, PartyMember
from tests.branches.test_plans import FILL, plan_of, plans_of
from tests.factories import make_actor, make_federation, make_organisation, make_society
from tests.factories.many import analyze
from tests.factories.members import make_member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.usefixtures("swept"),
    pytest.mark.xdist_group("large"),
]
LARGE = ("branches_partymember", "branches_affiliation", "branches_participation")

MEMBERS = """
INSERT INTO branches_partymember (society_id, organisation_id, name, birth_month, joined_month,
    full_since, namesake, sort_key, initials, state, filed_by_id, filed_at, confirmed_by_id,
    confirmed_at, confirmed_values, first_confirmed_on, return_reason, row_version)
SELECT society_id, id, 'm' || id, '1970-01-01', '1990-01-01', '1991-01-01', 0, 'm' || id, 'm',
    'confirmed', %(filer)s, now(), %(confirmer)s, now(), '{}', '2020-01-01', '', 1
FROM branches_partyorganisation WHERE type = 'working_group';
INSERT INTO branches_affiliation (member_id, society_id, organisation_id, place, valid_from)
SELECT id, society_id, organisation_id, 'here', '2020-01-01' FROM branches_partymember
WHERE name LIKE 'm%%' AND id %% 2 = 0;
INSERT INTO branches_affiliation (member_id, society_id, place, valid_from)
SELECT id, society_id, 'other', '2020-01-01' FROM branches_partymember
WHERE name LIKE 'm%%' AND id %% 2 = 1;
INSERT INTO branches_participation (member_id, society_id, organisation_id, valid_from)
SELECT id, society_id, organisation_id, '2020-01-01' FROM branches_partymember
WHERE name LIKE 'm%%' AND id %% 2 = 1;
"""


@pytest.fixture
def member():
    federation = make_federation()
    branch = make_organisation(make_society(federation))
    confirmer = make_actor(Role.SOCIETY_SECRETARY, branch.society)
    member = make_member(branch, confirmed_by=confirmer)
    waiting = make_member(branch)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"federation": federation.pk})
        people = {"filer": waiting.filed_by_id, "confirmer": confirmer.user.pk}
        cursor.execute(MEMBERS, people)
    analyze()
    return member


def wrong(client, pages):
    plans = [(url, *plan) for url in pages for plan in plans_of(client, url, LARGE)]
    assert len(plans) >= 8
    return [(url, sql, names) for url, sql, names in plans if set(names) & set(LARGE)]


def test_no_page_of_the_register_reads_a_large_table_through(client, member):
    """With a control: the same table read without its owner column is found."""
    assert PartyMember.objects.count() > 100_000
    assert Affiliation.objects.count() > 100_000
    own = reverse("branches:members")
    lists = [own, f"{own}?q=m1", f"{own}?sort=-birth&page=1", reverse("branches:member_enter")]
    of_one = [reverse("branches:member", args=[member.pk])]
    client.force_login(make_actor(Role.SOCIETY_SECRETARY, member.society).user)
    queue = [reverse("home"), reverse("branches:member_queue")]
    assert wrong(client, [*queue, *lists[:3], *of_one]) == []
    client.force_login(make_actor(Role.BRANCH_SECRETARY, member.organisation).user)
    filing = [reverse("branches:life_file", args=[member.organisation_id])]
    assert wrong(client, [reverse("home"), *lists, *of_one, *filing]) == []
    sql = "SELECT * FROM branches_partymember WHERE initials = 'm'"
    assert plan_of(sql) == ["branches_partymember"]
