"""Opening a round: the form proposes what can be opened, and says at the field what is wrong."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.permissions import Role
from common.errors import ActionRefused
from common.workdays import is_workday
from societies.models import Appointment
from starrating import actions
from starrating.actions.opening import members_on
from starrating.forms.rounds import opening
from starrating.models import RatingEdition, RatingRound
from tests.factories import make_actor, make_edition, make_federation, make_standard, make_user
from tests.factories.coverage import at
from tests.factories.rounds import EDITIONS, VALUES, YEAR, make_rated_society

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 12)
DAY = timedelta(days=1)


@pytest.fixture
def federation():
    found = make_federation()
    make_edition(found)
    make_standard(found, "round", EDITIONS)
    make_rated_society(found)
    for name in ("委员甲", "委员乙", "委员丙", "委员丁"):
        make_actor(Role.COMMITTEE_MEMBER, found, user=make_user(name))
    return found


def opened(federation, today=TODAY, **values):
    """A round with these values instead of good ones."""
    given = VALUES | values
    year = given.pop("year", YEAR)
    by = make_actor(Role.COMMITTEE_REVIEWER, federation)
    return actions.open_round(federation=federation, year=year, values=given, by=by, now=at(today))


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"year": 2027}, "year", "尚未开始"),
        ({"freeze_on": date(2025, 12, 31)}, "freeze_on", "2025 年之后"),
        ({"apply_by": TODAY - DAY}, "apply_by", "早于今天"),
        ({"freeze_on": date(2026, 2, 21)}, "self_by", "不能早于定格日 2026-02-21"),
        ({"apply_by": date(2026, 2, 21)}, "self_by", "不能早于申报截止日 2026-02-21"),
        ({"assess_by": date(2026, 2, 20)}, "assess_by", "须晚于自评截止日 2026-02-20"),
        ({"deliberate_by": date(2026, 3, 9)}, "deliberate_by", "不能早于初评截止日 2026-03-10"),
        ({"publicity_days": 4}, "publicity_days", "5 至 30"),
        ({"members": 16}, "members", "少于审议所需的 16 人"),
        ({"members": 5}, "members", "现任委员 4 人，少于审议所需的 5 人"),
    ],
)
def test_each_wrong_value_is_told_at_its_field(federation, values, field, words):
    """R-STAR-06, R-STAR-08: the freeze comes before the end of the self-assessment."""
    with pytest.raises(ActionRefused) as refused:
        opened(federation, **values)
    assert set(refused.value.errors) == {field}
    assert words in refused.value.errors[field][0]


@pytest.mark.parametrize("members", [0, 16])
def test_the_database_bounds_the_number_of_members(federation, members, monkeypatch):
    monkeypatch.setattr("starrating.actions.opening.members_on", lambda *_: 99)
    with pytest.raises(ActionRefused) as refused:
        opened(federation, members=members)
    assert refused.value.errors == {"members": ["审议委员为 1 至 15 人"]}


@pytest.mark.parametrize(("members", "hinted"), [(2, False), (3, True)])
def test_too_few_for_an_objection_are_hinted_at(federation, monkeypatch, members, hinted):
    """R-STAR-06: a 复核 is judged by others than the first deliberators."""
    monkeypatch.setattr("common.clock.now", lambda: at(TODAY))
    browser = Client()
    user = make_actor(Role.COMMITTEE_REVIEWER, federation).user
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    address = reverse("starrating:round_open")
    page = browser.get(address).content.decode()
    body = dict(re.findall(r'name="(form_token)" value="([^"]*)"', page))
    body |= {name: str(value) for name, value in VALUES.items()}
    body |= {"year": "2025", "members": str(members)}
    told = browser.post(address, body, follow=True).content.decode()
    assert "评定已开启" in told
    assert ("委员不足审议人数的两倍" in told) == hinted


def test_former_members_and_those_of_others_do_not_count(federation):
    """Dated appointments: who left gives no voice from that day on."""
    ended = Appointment.objects.filter(user__full_name="委员甲", role=Role.COMMITTEE_MEMBER)
    ended.update(valid_from=TODAY - 2 * DAY, valid_to=TODAY)
    make_actor(Role.COMMITTEE_MEMBER, make_federation(), user=make_user("委员戊"))
    assert members_on(federation, TODAY - DAY) == 4
    assert members_on(federation, TODAY) == 3


def test_a_year_without_a_standard_and_a_second_round_are_refused_at_the_year(federation):
    """One round a year, by the standard of its last day."""
    opened(federation)
    with pytest.raises(ActionRefused) as twice:
        opened(federation)
    assert twice.value.errors == {"year": ["该年度的评定已经开启"]}
    RatingRound.objects.all().update(year=2020)
    RatingEdition.objects.update(valid_from=date(2026, 1, 1))
    with pytest.raises(ActionRefused) as nothing:
        opened(federation)
    assert nothing.value.errors == {"year": ["2025 年 12 月 31 日没有适用的星级标准"]}


@pytest.mark.parametrize("today", [date(2026, 1, 2), TODAY, date(2026, 7, 1), date(2026, 12, 31)])
def test_what_the_form_proposes_can_be_opened(federation, today):
    """The proposed days follow one another on working days, whatever the day."""
    values = opening(federation, today)
    assert values["year"] == 2025
    assert values["freeze_on"] == date(2026, 1, 31)
    for name in ("apply_by", "self_by", "assess_by", "deliberate_by"):
        assert is_workday(values[name]), name
    assert opened(federation, today, **values).is_open


def test_the_form_proposes_a_year_with_a_standard_and_no_round(federation):
    """Last year, unless it has no standard or its round is open already; then the running one."""
    assert opening(federation, TODAY)["year"] == 2025
    first = opened(federation)
    again = opening(federation, TODAY)
    assert again["year"] == 2026
    assert again["freeze_on"] == date(2027, 1, 31)
    values = {"finalised_by": make_user(), "finalised_at": at(TODAY), "document_number": "8号"}
    RatingRound.objects.filter(pk=first.pk).update(**values)
    assert opened(federation, **again).year == 2026
    for year in (2025, 2026):
        RatingRound.objects.filter(year=year).update(year=year - 10)
    RatingEdition.objects.update(valid_from=date(2026, 1, 1))
    assert opening(federation, TODAY)["year"] == 2026


def test_nothing_typed_is_lost(federation, monkeypatch):
    """Every message stands at its field, every value as it was typed."""
    monkeypatch.setattr("common.clock.now", lambda: at(TODAY))
    browser = Client()
    user = make_actor(Role.COMMITTEE_REVIEWER, federation).user
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    page = browser.get(reverse("starrating:round_open")).content.decode()
    body = dict(re.findall(r'name="(form_token)" value="([^"]*)"', page))
    body |= {name: str(value) for name, value in VALUES.items()}
    body |= {"year": "2025", "self_by": "2026-01-20", "assess_by": "2026-01-19"}
    answer = browser.post(reverse("starrating:round_open"), body)
    assert answer.status_code == 422
    text = answer.content.decode()
    errors = answer.context["form"].errors
    assert set(errors) == {"self_by", "assess_by"}
    assert len(errors["self_by"]) == 2
    for value in ("2026-01-20", "2026-01-19", "2026-02-10", "2026-03-25"):
        assert f'value="{value}"' in text
    assert not RatingRound.objects.exists()
