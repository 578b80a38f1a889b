"""The 360° page of a society."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.permissions import Role
from tests.factories import (
    make_actor,
    make_organisation,
    make_posting,
    make_society,
    make_society_branch,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def society():
    return make_society(name="示例化学会")


def page(client, society, **params):
    return client.get(reverse("society", args=[society.pk]), params)


def test_facts_tiers_and_postings_stand_on_one_page(client, society):
    make_organisation(society, name="办事机构党支部", established_on=date(2018, 5, 1))
    make_society_branch(society, name="计算专业委员会")
    make_posting(society, person_name="李某某")
    client.force_login(make_actor(Role.SOCIETY_CLERK, society).user)
    text = page(client, society).content.decode()
    for word in ("办事机构党支部", "计算专业委员会", "李某某", "有记录以前已加入，待核"):
        assert word in text
    assert "修改名录信息" not in text
    text = page(client, society, on="2018-04-30").content.decode()
    assert "办事机构党支部" not in text
    assert "按今日掌握的情况" in text


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2999-01-01", "不能晚于今天"),
        ("0001-01-01", "不能早于 1900-01-01"),
        ("x", "实际存在的日期"),
    ],
)
def test_impossible_day_is_refused_in_words(client, society, on, words):
    client.force_login(make_actor(Role.SOCIETY_CLERK, society).user)
    response = page(client, society, on=on)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert f'value="{on}"' in response.content.decode()


def test_right_and_scope(client, society):
    client.force_login(make_actor(Role.COMMITTEE_REVIEWER, society.federation).user)
    assert "修改名录信息" in page(client, society).content.decode()
    client.force_login(make_actor(Role.SOCIETY_CLERK, make_society(society.federation)).user)
    assert page(client, society).status_code == 404
    client.force_login(make_actor(Role.LEADERSHIP_VIEWER, society.federation).user)
    assert page(client, society).status_code == 403
