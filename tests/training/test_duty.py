"""What a year asks of officers, of who was one for a while, of new secretaries (R-TRN-01, -04)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from common.clock import start_of
from societies.models import Society
from tests.factories import make_class, make_post
from tests.training.conftest import TODAY
from training import shares, standing
from training.models import Enrolment, SessionAttendance, YearHours
from training.newcomers import inductions
from training.standing import standings

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
NEW_YEAR, LAST_DAY = date(2026, 1, 1), date(2026, 12, 31)


def stands(school, member, year=2026):
    return standings([member], year, school.edition)[member.pk]


def has(school, member, hours, concentrated=0):
    YearHours.objects.update_or_create(
        member=member,
        year=2026,
        defaults={
            "society": school.society,
            "counted": hours,
            "offline": hours,
            "online": 0,
            "lectured": 0,
            "concentrated": concentrated,
        },
    )


def told(school, on=LAST_DAY):
    rows = shares.hour_shares(Society.objects.filter(pk=school.society.pk), on)
    return {row.line: (row.num, row.den) for row in rows}


def opened_at(monkeypatch, day):
    monkeypatch.setattr("common.clock.now", lambda: start_of(day).replace(hour=10))


def page(school, member, name="training:hours_member"):
    client = Client()
    client.force_login(school.filer.user, BACKEND)
    args = [member.pk] if name.endswith("member") else []
    return client.get(reverse(name, args=args)).content.decode()


@pytest.fixture
def member(school):
    return school.member(name="吴某某")


# --- one month in a post -------------------------------------------------------------------------


def test_a_month_in_a_post_takes_nothing_from_the_year(school, member, monkeypatch):
    """R-TRN-01: members ≥ 32; R-TRN-04 pro-rates the officer's 56, it does not replace the 32."""
    make_post(school.branch, member=member, valid_from=NEW_YEAR, valid_to=date(2026, 2, 1))
    found = stands(school, member)
    assert (found.required, found.months, found.in_post) == (32, 12, True)
    assert (found.by_post, found.concentrated_required) == (False, 0)
    has(school, member, 5)
    assert not stands(school, member).done
    assert told(school) == {"member": (0, 1)}
    assert "32（党员，12 个整月）" in page(school, member)
    has(school, member, 32)
    assert stands(school, member).done
    assert told(school) == {"member": (1, 1)}
    # Negative control: without the larger of the two, five hours would do.
    has(school, member, 5)
    monkeypatch.setattr(standing, "max", min, raising=False)
    assert stands(school, member).done


@pytest.mark.parametrize(
    ("begins", "asked", "words"),
    [
        (date(2026, 6, 1), Decimal(33), "33（书记、委员，7 个整月）"),
        (date(2026, 7, 1), Decimal(32), "32（党员，12 个整月）"),
        (date(2025, 2, 1), Decimal(56), "56（书记、委员，12 个整月）"),
    ],
)
def test_the_larger_duty_holds_in_page_and_statistics(
    school, member, monkeypatch, begins, asked, words
):
    """R-TRN-04 at the month where the officer's share outgrows the member's 32."""
    make_post(school.branch, member=member, valid_from=begins)
    opened_at(monkeypatch, LAST_DAY)
    has(school, member, asked - Decimal("0.5"), concentrated=1)
    assert stands(school, member).required == asked
    assert not stands(school, member).done
    assert told(school)["officer"] == (0, 1)
    has(school, member, asked, concentrated=1)
    assert stands(school, member).done
    assert told(school)["officer"] == (1, 1)
    assert words in page(school, member)


# --- 集中培训 ------------------------------------------------------------------------------------


def test_an_officer_without_a_class_is_not_done(school, member, monkeypatch):
    """R-TRN-01: 基层党组织书记和班子成员 ≥ 56 学时 and ≥ 1 集中培训."""
    make_post(school.branch, member=member, valid_from=date(2020, 1, 1))
    has(school, member, 56)
    found = stands(school, member)
    assert (found.missing, found.done, found.said) == (0, False, "进行中")
    assert told(school) == {"member": (1, 1), "officer": (0, 1)}
    assert "（进行中）" in page(school, member)
    assert "已完成" not in page(school, member, "training:hours")
    # Negative control: the same hours are enough where no class is asked for.
    assert replace(found, concentrated_required=0).done
    type(school.edition).objects.update(officer_concentrated=0)
    assert told(school)["officer"] == (1, 1)
    type(school.edition).objects.update(officer_concentrated=1)
    has(school, member, 56, concentrated=1)
    assert stands(school, member).done
    assert told(school) == {"member": (1, 1), "officer": (1, 1)}
    assert "已完成" in page(school, member, "training:hours")


# --- new secretaries -----------------------------------------------------------------------------


def attended(school, member, day):
    chosen = make_class(school.federation, starts_on=day)
    enrolment = Enrolment.objects.create(
        training_class=chosen,
        society=school.society,
        member=member,
        person_name=member.name,
        enrolled_at=chosen.drafted_at,
        enrolled_by=school.clerk.user,
    )
    SessionAttendance.objects.create(enrolment=enrolment, session=chosen.sessions.get())


def test_a_new_secretary_is_trained_within_six_months(school, member, monkeypatch):
    """R-TRN-01: new secretaries trained within 6 months of taking post; the last day counts."""
    make_post(school.branch, member=member, valid_from=date(2026, 3, 9))
    found = stands(school, member).induction
    assert (found.label, found.said, found.due) == (
        "任职后 6 个月内培训",
        "待参加",
        date(2026, 9, 9),
    )
    for words in (page(school, member), page(school, member, "training:hours")):
        assert "任职后 6 个月内培训" in words and "截止 2026-09-09（含当日）" in words
    opened_at(monkeypatch, date(2026, 9, 9))
    assert stands(school, member).induction.said == "待参加"
    opened_at(monkeypatch, date(2026, 9, 10))
    assert stands(school, member).induction.said == "逾期"
    assert "逾期" in page(school, member)
    attended(school, member, date(2026, 3, 8))
    assert stands(school, member).induction.said == "逾期", "before taking post"
    attended(school, member, date(2026, 9, 10))
    assert stands(school, member).induction.said == "逾期"
    attended(school, member, date(2026, 9, 9))
    found = stands(school, member).induction
    assert (found.said, found.trained_on) == ("已参加", date(2026, 9, 9))
    assert "2026-09-09 到课" in page(school, member)


def test_who_stays_secretary_is_not_new(school, member):
    """R-TRN-01: a new term without a gap makes nobody new; nor is a deputy asked."""
    make_post(school.branch, member=member, valid_from=date(2021, 3, 1), valid_to=date(2026, 3, 1))
    make_post(school.branch, member=member, valid_from=date(2026, 3, 1))
    assert stands(school, member).induction is None
    assert stands(school, member, 2021).induction.began == date(2021, 3, 1)
    deputy = school.member()
    make_post(school.branch, "deputy_secretary", member=deputy, valid_from=date(2026, 3, 1))
    assert stands(school, deputy).induction is None
    # Negative control: the second term taken alone would ask again.
    alone = inductions({member.pk: [(date(2026, 3, 1), None)]}, TODAY.year, school.edition)
    assert alone[member.pk].due == date(2026, 9, 1)
