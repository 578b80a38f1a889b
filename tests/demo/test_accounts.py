"""The demonstration's accounts."""

from __future__ import annotations

import json
from io import StringIO

from django.contrib.auth.password_validation import validate_password
from django.core.management import call_command

from accounts.models import User
from accounts.permissions import Role
from accounts.roles import ROLES
from dashboards.demo.accounts import ACCOUNTS, INSPECTORS, PASSWORD, staff_names
from dashboards.demo.world import OPENED

FIRST_RELEASE = {spec.role for spec in ROLES if spec.granted}


def test_every_role_of_the_first_release_has_an_account():
    """roles.md §1; three reviewers for a finding; clerk and secretary of two societies."""
    duties = [duty for account in ACCOUNTS for duty in account.duties]
    assert {duty.role for duty in duties} == FIRST_RELEASE
    roles = [duty.role for duty in duties]
    assert roles.count(Role.COMMITTEE_REVIEWER) == 3
    for role in (Role.SOCIETY_CLERK, Role.SOCIETY_SECRETARY):
        assert len({duty.words for duty in duties if duty.role == role}) >= 2
    assert any(duty.is_deputy for duty in duties)
    inspectors = [a.username for a in ACCOUNTS if Role.INSPECTOR in {d.role for d in a.duties}]
    assert sorted(inspectors) == sorted(INSPECTORS)


def test_names_are_unique_and_nobody_has_two_accounts():
    """roles.md §2.1."""
    names = [a.username for a in ACCOUNTS] + [username for username, _, _ in staff_names()]
    people = [a.full_name for a in ACCOUNTS] + [name for _, name, _ in staff_names()]
    assert len(set(names)) == len(names)
    assert len(set(people)) == len(people)
    assert all(name[1] == "某" for name in people)


def test_passwords_keep_the_rules():
    """Rules §11.2.1: raises if not."""
    for account in ACCOUNTS:
        user = User(username=account.username, full_name=account.full_name)
        assert validate_password(PASSWORD, user) is None
        assert account.username not in PASSWORD.lower()


def test_one_shows_the_first_sign_in_and_one_the_switch():
    assert [a.username for a in ACCOUNTS if a.first_sign_in] == ["newcomer"]
    assert [a.username for a in ACCOUNTS if len(a.duties) > 1] == ["twohats"]


def test_inspectors_hold_no_standing_appointment():
    """roles.md §2.5: a batch opens their appointments and ends them."""
    for account in ACCOUNTS:
        assert not any(d.words for d in account.duties if d.role == Role.INSPECTOR)
    assert Role.INSPECTOR in OPENED


def test_the_command_prints_a_table_and_json():
    out = StringIO()
    call_command("demo_accounts", "--json", stdout=out)
    rows = json.loads(out.getvalue())
    assert [set(row) for row in rows] == [{"role", "username", "password", "scope"}] * len(ACCOUNTS)
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(ACCOUNTS) + 1
    assert "示例生物医学工程学会" in lines[1]
