"""roles.md §2.9: office-holders of 5.4 are named to the own society and the committee only."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from accounts.permissions import Role
from accounts.roles import SPECS
from ledgers import actions
from ledgers.models import LockException
from tests.factories import make_actor, make_society
from tests.factories.ledgers import make_ledger, moment
from tests.ledgers.pages.helpers import text, url

pytestmark = pytest.mark.django_db
TODAY = date(2026, 7, 3)
NAME, NOTE, REMARK = "赵某某", "秘书长由赵姓同志接任", "赵姓同志的任期请核对"
LEADERS = 4


@pytest.fixture
def returned(society, cast, period):
    """A version with a leader, words on the table of leaders, and a remark at a leader's field."""
    ledger = make_ledger(society, period, cast=cast)
    ledger.sections.filter(code="leaders").update(note=NOTE)
    now = moment(TODAY)
    ledger = actions.send_for_signature(ledger=ledger, by=cast.clerk, now=now)
    ledger = actions.sign_and_file(ledger=ledger, by=cast.secretary, now=now)
    remarks = [
        actions.Remark("leaders", "term_to", REMARK, ledger.leaders.get().pk),
        actions.Remark("operations", "annual_income", "收入请核对"),
    ]
    actions.return_to_society(
        ledger=ledger, reason="见各项", remarks=remarks, by=cast.reviewer, now=now
    )
    ledger.refresh_from_db()
    return ledger


@pytest.fixture
def people(cast, society, federation):
    return {
        "UC": cast.clerk,
        "US": cast.secretary,
        "UD": make_actor(Role.DISCIPLINE_MEMBER, society),
        "CR": cast.reviewer,
        "CL": cast.leader,
        "IN": make_actor(Role.INSPECTOR, society, make_society(federation)),
    }


def test_who_reads_names(returned, people, sign_in):
    found = {}
    for role, actor in people.items():
        page = text(sign_in(actor).get(url(returned, LEADERS)))
        found[role] = tuple(word in page for word in (NAME, NOTE, REMARK))
    assert found == dict.fromkeys(("UC", "US", "UD", "CR", "CL"), (True, True, True)) | {
        "IN": (False, False, False)
    }


def test_others_read_how_many_hold_each_post(returned, people, sign_in):
    client = sign_in(people["IN"])
    page = text(client.get(url(returned, LEADERS)))
    assert "不显示姓名" in page
    assert "秘书长" in page
    assert "1 人" in page
    for private in ("研究员", "1970", "示例学会"):
        assert private not in page.split('id="table-title"')[1].split("</section>")[0]
    assert "收入请核对" in page, "what was said of other tables stays"
    assert NAME not in text(client.get(f"{url(returned, LEADERS)}?row=1"))
    assert "尚未填写负责人" not in page


def test_a_table_without_rows_says_so(society, cast, period, people, sign_in):
    draft = actions.ensure_draft(society=society, period=period, by=cast.clerk, now=moment(TODAY))
    assert "尚未填写负责人" in text(sign_in(people["IN"]).get(url(draft, LEADERS)))


def test_the_procedure_names_roles_instead_of_people(before, cast, people, sign_in):
    """The signer is the Party secretary, an office-holder of 5.4."""
    page = text(sign_in(people["IN"]).get(url(before, 1)))
    names = [str(getattr(cast, who).user) for who in ("clerk", "secretary", "reviewer")]
    assert [name for name in names if name in page] == []
    for words in ("填报人 ", "党组织书记 ", "审核员 "):
        assert words in page
    assert names[1] in text(sign_in(cast.clerk).get(url(before, 1)))


def test_steps_of_a_lock_exception_show_days_without_names(period, society, cast, people, sign_in):
    row = LockException.objects.create(
        period=period,
        society=society,
        reason="换届",
        until=date(2026, 9, 1),
        requested_by=cast.clerk.user,
        requested_at=moment(TODAY),
    )
    page = reverse("ledgers:lock", args=[row.pk])
    assert str(cast.clerk.user) not in text(sign_in(people["IN"]).get(page))
    assert "2026-07-03 10:00" in text(sign_in(people["IN"]).get(page))
    assert str(cast.clerk.user) in text(sign_in(people["UD"]).get(page))


def test_without_the_distinction_names_would_show(returned, people, sign_in, monkeypatch):
    """Negative control."""
    monkeypatch.setitem(SPECS, Role.INSPECTOR, replace(SPECS[Role.INSPECTOR], inside=True))
    page = text(sign_in(people["IN"]).get(url(returned, LEADERS)))
    assert all(word in page for word in (NAME, NOTE, REMARK))
