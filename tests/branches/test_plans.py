"""A society actor's pages read the own rows by an index, at 10^5 rows (architecture, scope)."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from societies.models import Society
from tests.factories import (
    make_actor,
    make_federation,
    make_organisation,
    make_posting,
    make_society,
)
from tests.factories.many import analyze

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.usefixtures("swept"),
    pytest.mark.xdist_group("large"),
]
SOCIETIES, EACH = 2_100, 48
# Tables that hold a row or more for each of the 2 100 × 48 units.
LARGE = (
    "societies_society",
    "societies_societyunit",
    "branches_partyorganisation",
    "branches_organisationservice",
    "branches_posting",
)

FILL = f"""
INSERT INTO societies_society (federation_id, code, name, name_en, discipline_class, body_kind,
    relation, relation_text, uscc, support_type, supporting_unit, business_supervisor,
    office_address, website, sort_key, initials, source, source_note, name_en_source,
    founded_year_source, loaded_values, row_version)
SELECT %(federation)s, 'X' || n, 'x' || n, '', 'science', 'society', 'member', '', '', '', '', '',
    '', '', lpad(n::text, 6, '0'), 'x', '', '', '', '', '{{}}', 1
FROM generate_series(1, {SOCIETIES}) n;
INSERT INTO societies_societyunit (society_id, kind, name, closing_note, row_version)
SELECT s.id, 'division', 'u' || n, '', 1
FROM societies_society s, generate_series(1, {EACH}) n;
INSERT INTO branches_partyorganisation (society_id, name, type, form, basis, approval_number,
    approved_on, established_on, dissolution_number, supporting_unit, belongs_to_cast, row_version)
SELECT society_id, 'g' || id, 'working_group', 'independent', 'application', id::text,
    '2016-01-01', '2016-01-01', '', '', false, 1
FROM societies_societyunit WHERE kind = 'division';
ANALYZE societies_societyunit, branches_partyorganisation;
INSERT INTO branches_organisationservice (organisation_id, unit_id, society_id, organisation_type,
    tier, valid_from)
SELECT o.id, u.id, u.society_id, o.type, u.tier, '2016-01-01'
FROM branches_partyorganisation o JOIN societies_societyunit u ON o.approval_number = u.id::text;
INSERT INTO branches_posting (society_id, kind, person_name, home_unit, document_number,
    valid_from, row_version)
SELECT society_id, 'GM03', 'p' || id, 'h', '1', '2016-01-01', 1
FROM societies_societyunit WHERE kind = 'division';
"""


def scans(node: dict) -> list[str]:
    """The relations a plan reads from end to end."""
    found = [node["Relation Name"]] if node["Node Type"] == "Seq Scan" else []
    return found + [name for child in node.get("Plans", ()) for name in scans(child)]


def plans_of(client, url: str, large: tuple[str, ...] = LARGE) -> list[tuple[str, list[str]]]:
    """Each SELECT on a large table that a page asks, and what its plan reads through."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    asked = [_bare(query["sql"]) for query in captured.captured_queries]
    return [
        (sql, plan_of(sql))
        for sql in asked
        if sql.startswith(("SELECT", "WITH")) and any(table in sql for table in large)
    ]


def _bare(sql: str) -> str:
    """A statement without the change log's context, which goes before what it takes for a write."""
    return sql.split("; ", 1)[1] if sql.startswith("SELECT set_config('pghistory") else sql


def plan_of(sql: str) -> list[str]:
    """The relations that a statement reads through."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
        plan = cursor.fetchone()[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return scans(plan[0]["Plan"])


@pytest.fixture
def clerk(client):
    federation = make_federation()
    society = make_society(federation)
    make_organisation(society)
    make_posting(society)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"federation": federation.pk})
    analyze()
    actor = make_actor(Role.SOCIETY_CLERK, society)
    client.force_login(actor.user)
    return actor


def test_no_page_of_a_society_actor_reads_a_large_table_through(client, clerk):
    """With a control: the same table read without its owner column is found."""
    own = clerk.society_id
    assert Society.objects.count() > SOCIETIES
    pages = [
        reverse("societies:list"),
        reverse("branches:list"),
        reverse("branches:own"),
        reverse("society", args=[own]),
    ]
    plans = [plan for url in pages for plan in plans_of(client, url)]
    assert len(plans) >= 10
    wrong = [(sql, names) for sql, names in plans if set(names) & set(LARGE)]
    assert wrong == []
    assert plan_of("SELECT * FROM branches_posting WHERE home_unit = 'h'") == ["branches_posting"]
