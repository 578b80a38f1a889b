"""检查, 整改 and 培训 on the 360° page: who gets them; every number opens exactly its rows."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from common.status import kind_of
from supervision import actions, check_panel
from supervision import panel as rectification
from supervision.models import CheckState, Finding, FindingState, SpotCheck
from tests.factories import make_actor, make_batch, make_class, make_finding, make_society
from tests.factories.coverage import at
from tests.factories.findings import ISSUED, walk
from tests.factories.supervision import NOTIFIED, conclude, notified, paired, step
from tests.training.conftest import NOW, make_school
from training.models import ClassQuota, YearHours

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
# As tests.dashboards.test_quality: one of 15 is left to the frame of a demonstration.
BUDGET = 14
LATER = at(date(2027, 2, 1), 10)


def panels(response):
    """Template → values of the panels on the page."""
    places = response.context["places"].values()
    return {panel["template"]: panel["values"] for place in places for panel in place}


def opened(client, society, actor, **params):
    client.force_login(actor.user, BACKEND)
    return client.get(reverse("society", args=[society.pk]), params)


def listed(client, url):
    return client.get(unescape(url)).context["page"].paginator.count


@pytest.fixture
def findings(monkeypatch):
    """Of one society 一般 overdue, 较重 not, one closed; of its neighbour one; of a far one."""
    monkeypatch.setattr("common.clock.now", lambda: ISSUED)
    world = make_finding()
    near = make_society(world.finding.federation)
    for society, severity, day in (
        (world.finding.society, "serious", LATER),
        (world.finding.society, "general", ISSUED),
        (near, "general", ISSUED),
    ):
        made = Finding(**{**_facts(world.finding), "society": society, "severity": severity})
        made.code, made.issued_on = f"ZG-2026-9{Finding.objects.count():03}", day.date()
        made.plan_due = day.date() + timedelta(days=10)
        made.finish_due = day.date() + timedelta(days=30)
        made.save()
    world.near, world.far = near, make_finding(**{"title": "别处的问题"})
    return world


def _facts(row):
    names = ("federation", "source", "rule", "title", "facts", "requirement", "author")
    return {name: getattr(row, name) for name in (*names, "issued_by", "issued_at", "plan_due")}


def readers(world):
    society = world.finding.society
    return [
        *(world.cast.clerk, world.cast.secretary, world.cast.author, world.cast.leader),
        make_actor(Role.DISCIPLINE_MEMBER, society),
        make_actor(Role.SUPERVISOR_READER, society),
    ]


def test_open_findings_by_severity_and_every_number_opens_its_rows(client, findings, monkeypatch):
    """R-SUP-06: for each role the number on the panel is the number of rows behind it."""
    society = findings.finding.society
    walk(findings, FindingState.CLOSED)
    monkeypatch.setattr("common.clock.now", lambda: LATER)
    for actor in readers(findings):
        found = panels(opened(client, society, actor))[rectification.TEMPLATE]
        assert [(line.label, line.count, line.overdue) for line in found["lines"]] == [
            ("一般", 1, 1),
            ("较重", 1, 0),
        ]
        assert (found["count"], found["overdue"]) == (2, 1)
        assert found["last_closed"].pk == findings.finding.pk
        for line in found["lines"]:
            assert listed(client, line.url) == line.count, actor.role
            if line.overdue:
                assert listed(client, line.overdue_url) == line.overdue, actor.role
        assert listed(client, found["all_url"]) == 3
    text = opened(client, society, findings.cast.clerk).content.decode()
    assert "逾期 1 个" in text and "别处的问题" not in text
    assert re.search(r"最近销号.*?2026-12", text, re.DOTALL)


def test_a_past_day_shows_what_was_open_then_without_lists(client, findings, monkeypatch):
    society = findings.finding.society
    walk(findings, FindingState.CLOSED)
    monkeypatch.setattr("common.clock.now", lambda: LATER)
    day = ISSUED.date() - timedelta(days=1)
    found = panels(opened(client, society, findings.cast.clerk, on=str(day)))
    assert found[rectification.TEMPLATE]["count"] == 0
    found = panels(opened(client, society, findings.cast.clerk, on=str(ISSUED.date())))
    values = found[rectification.TEMPLATE]
    closed_then = findings.fresh().closed_at.date() <= ISSUED.date()
    assert values["count"] == (1 if closed_then else 2)
    assert [line.url for line in values["lines"]] == [""] * len(values["lines"])


def test_without_findings_the_panel_says_so(client, findings):
    society = make_society(findings.finding.federation)
    text = opened(client, society, make_actor(Role.SOCIETY_CLERK, society)).content.decode()
    assert "没有未销号的问题" in text
    assert "打开整改跟踪" not in text


def test_the_panel_shows_only_the_readers_rows(client, findings):
    """Own yes; sibling and other federation 404; an inspector without a seat reads no finding."""
    society = findings.finding.society
    for place in (findings.near, findings.far.finding.society):
        assert opened(client, place, findings.cast.clerk).status_code == 404
    inspector = make_actor(Role.INSPECTOR, society)
    found = panels(opened(client, society, inspector))[rectification.TEMPLATE]
    assert (found["count"], found["last_closed"], found["all_url"]) == (0, None, "")
    assert "整改</h2>" not in opened(client, society, make_actor(Role.INSTRUCTOR, society)).text


def test_the_panel_reads_through_the_scope(client, findings, monkeypatch):
    """Negative control: without `visible_to` the inspector would read the society's findings."""
    rows = type(Finding.objects.all())
    monkeypatch.setattr(rows, "visible_to", lambda self, actor: self)
    inspector = make_actor(Role.INSPECTOR, findings.finding.society)
    values = rectification.read(inspector, findings.finding.society, ISSUED.date())
    assert values["count"] == 2


@pytest.fixture
def school(monkeypatch):
    """Six members of whom three have the hours of five months; a class with two of four places."""
    monkeypatch.setattr("common.clock.now", lambda: NOW)
    school = make_school()
    for n in range(6):
        member = school.member(name=f"某{'甲乙丙丁戊己'[n]}")
        hours = 20 if n < 3 else 2
        YearHours.objects.create(
            member=member,
            society=school.society,
            year=2026,
            counted=hours,
            offline=hours,
            online=0,
            lectured=0,
            concentrated=0,
        )
    chosen = make_class(school.federation, title="党务干部培训班", starts_on=date(2026, 7, 1))
    ClassQuota.objects.create(training_class=chosen, society=school.society, places=4, taken=2)
    return school


TRAINING = "training/panel.html"


def test_shares_of_hours_are_those_of_the_statistics(client, school):
    """R-TRN-01, -04, -11: 32 hours asked, the share as the list behind the link says it."""
    for actor in (school.clerk, school.secretary, school.reviewer, school.leader):
        found = panels(opened(client, school.society, actor))[TRAINING]
        assert found["lines"] == [("党员", 32.0, "50.0%"), ("书记、委员", 56.0, "—")]
        (row,) = client.get(unescape(found["totals_url"])).context["page"].object_list
        assert row.hours == {"member": "50.0%", "officer": "—"}, actor.role
    text = opened(client, school.society, school.reviewer).content.decode()
    assert "党务干部培训班" in text and "本学会已报 2 / 4 人" in text
    assert "某甲" not in text, "R-TRN-11"


def test_who_has_no_right_to_totals_gets_no_training(client, school):
    for role in (Role.DISCIPLINE_MEMBER, Role.INSPECTOR, Role.INSTRUCTOR):
        actor = make_actor(role, school.society)
        assert TRAINING not in panels(opened(client, school.society, actor)), role


def test_without_classes_and_people_the_training_panel_says_so(client, school):
    society = make_society(school.federation)
    actor = make_actor(Role.SOCIETY_CLERK, society)
    found = panels(opened(client, society, actor))[TRAINING]
    assert [share for *_, share in found["lines"]] == ["—", "—"]
    assert "没有分配名额的培训班" in opened(client, society, actor).content.decode()
    assert found["classes"] == []


def test_a_class_that_nobody_approved_stands_on_no_page(client, school):
    """The committee reads drafts in the list of classes; the society's page shows decided ones."""
    draft = make_class(
        school.federation, state="planned", title="未批准的班", decided_at=None, decided_by=None
    )
    ClassQuota.objects.create(training_class=draft, society=school.society, places=2)
    for actor in (school.clerk, school.reviewer):
        text = opened(client, school.society, actor).content.decode()
        assert "未批准的班" not in text and "党务干部培训班" in text


def test_the_whole_page_of_a_full_society_takes_the_same_few_queries(client, school):
    """quality.md P9; the number of rows changes nothing."""
    client.force_login(school.reviewer.user, BACKEND)
    url = reverse("society", args=[school.society.pk])
    client.get(url)
    counts = []
    for more in (0, 5):
        for _ in range(more):
            chosen = make_class(school.federation, starts_on=date(2026, 8, 3))
            ClassQuota.objects.create(training_class=chosen, society=school.society, places=1)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= BUDGET


CHECKS = "supervision/check_panel.html"


def test_checks_stand_on_the_page_of_who_may_see_them(client, monkeypatch):
    """roles.md §2.8, §3: the society from the notice on, the inspector his seats, CR and CL all."""
    monkeypatch.setattr("common.clock.now", lambda: ISSUED)
    world = paired(make_batch((2, 1), sample_size=1))
    (check,) = world.checks()
    society = check.society
    clerk = make_actor(Role.SOCIETY_CLERK, society)
    text = opened(client, society, clerk).content.decode()
    assert "没有可查看的抽查" in text and check.code not in text
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, society.federation)
    assert check.code in opened(client, society, reviewer).content.decode(), "drawn"
    step(world, actions.notify_societies, world.cast.leader, now=NOTIFIED)
    conclude(world)
    SpotCheck.objects.filter(pk=check.pk).update(conclusion="总体符合要求")
    inspector = world.inspector(world.seats(check)[0].user, ISSUED.date())
    leader = make_actor(Role.COMMITTEE_LEADER, society.federation)
    for actor in (clerk, reviewer, leader, inspector):
        response = opened(client, society, actor)
        assert [row.pk for row in panels(response)[CHECKS]["checks"]] == [check.pk], actor.role
        text = response.content.decode()
        assert "总体符合要求" in text and "已有结论" in text
        assert client.get(reverse("supervision:check", args=[check.pk])).status_code == 200
    day = str(NOTIFIED.date() - timedelta(days=30))
    assert panels(opened(client, society, reviewer, on=day))[CHECKS]["checks"] == []
    reader = make_actor(Role.SUPERVISOR_READER, society)
    assert CHECKS not in panels(opened(client, society, reader))


def test_checks_are_read_through_the_scope(monkeypatch):
    """Negative control: without `visible_to` a sibling's clerk would read the check."""
    world = notified(make_batch((2, 1), sample_size=1))
    (check,) = world.checks()
    sibling = make_actor(Role.SOCIETY_CLERK, make_society(check.society.federation))
    assert check_panel.read(sibling, check.society, ISSUED.date())["checks"] == []
    monkeypatch.setattr(type(SpotCheck.objects.all()), "visible_to", lambda self, actor: self)
    assert check_panel.read(sibling, check.society, ISSUED.date())["checks"] == [check]


@pytest.mark.parametrize("state", CheckState.values)
def test_a_check_of_every_state_has_its_mark(state):
    assert kind_of(CheckState(state).label)
