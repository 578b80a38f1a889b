"""Pages of training: who reads names, small cells, exports, replays, the number of queries."""

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.once import new_token
from tests.factories import make_class, make_post, make_society
from tests.training.conftest import TODAY
from training import desk, shares
from training.models import ClassQuota, Enrolment, HourEvent, TrainingClass, YearHours

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def as_(client, actor):
    client.force_login(actor.user, BACKEND)
    return client


def opened(school, places=3, **fields):
    fields = {"starts_on": TODAY + timedelta(days=20)} | fields
    chosen = make_class(school.federation, **fields)
    ClassQuota.objects.create(training_class=chosen, society=school.society, places=places)
    return chosen


def year(school, member, counted):
    YearHours.objects.create(
        member=member,
        society=school.society,
        year=2026,
        counted=counted,
        offline=counted,
        online=0,
        lectured=0,
        concentrated=0,
    )


def cells(answer):
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [cell for row in book.active.iter_rows() for cell in row]


def test_enrolled_once_though_the_form_is_sent_twice(school, client):
    """R10: a replayed post is given the first answer."""
    chosen, member = opened(school), school.member()
    url = reverse("training:enrol", args=[chosen.pk])
    sent = {"name": member.name, "form_token": new_token()}
    answers = [as_(client, school.clerk).post(url, sent) for _ in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert Enrolment.objects.count() == 1
    assert ClassQuota.objects.get().taken == 1
    refused = client.post(url, sent | {"form_token": new_token()})
    assert refused.status_code == 422
    assert "该同志已报名" in refused.content.decode()
    assert member.name in refused.content.decode()


def test_a_button_for_an_older_page_does_nothing(school, client):
    """R8: approval of a plan that changed meanwhile is refused, and said."""
    chosen = opened(school, state="planned", decided_at=None, decided_by=None)
    url = reverse("training:approve", args=[chosen.pk])
    sent = {"form_token": new_token(), "row_version": 7}
    answer = as_(client, school.leader).post(url, sent, follow=True)
    assert "本页已不是最新内容" in answer.content.decode()
    assert TrainingClass.objects.get().state == "planned"
    client.post(url, {"form_token": new_token(), "row_version": 1})
    assert TrainingClass.objects.get().state == "open"


def test_the_grid_keeps_what_was_ticked_when_another_saved(school, client):
    """R8: 409 with everything still ticked."""
    chosen = opened(school, starts_on=TODAY)
    member = school.member()
    enrolment = Enrolment.objects.create(
        training_class=chosen,
        society=school.society,
        member=member,
        person_name=member.name,
        enrolled_at=chosen.drafted_at,
        enrolled_by=school.clerk.user,
    )
    name = f"s-{enrolment.pk}-{chosen.sessions.get().pk}"
    sent = {name: "on", f"r-{enrolment.pk}": "passed"}
    url = reverse("training:attendance", args=[chosen.pk])
    stale = {"form_token": new_token(), "row_version": 9}
    answer = as_(client, school.manager).post(url, sent | stale)
    assert answer.status_code == 409
    assert "刚有他人登记过到课" in answer.content.decode()
    (row,) = answer.context["rows"]
    assert row["cells"][0]["checked"]
    assert (row["cells"][0]["other"], row["other"]) == ("未到课", "未评定")
    assert answer.content.decode().count("当前记录为“") == 2
    fresh = {"form_token": new_token(), "row_version": answer.context["version"]}
    assert client.post(url, sent | fresh).status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.result == "passed"
    # Unticked on an older page: what the other registered stands beside, and nothing was lost.
    stale = {"form_token": new_token(), "row_version": 1, f"r-{enrolment.pk}": ""}
    page = client.post(url, stale).content.decode()
    assert "当前记录为“到课”" in page and "当前记录为“合格”" in page
    assert enrolment.attendances.count() == 1


def test_places_of_a_society_that_left_may_be_taken_back(school, client):
    """R-TRN-05: quota by society; who left holds places that others could use."""
    chosen = opened(school, places=9)
    ClassQuota.objects.update(taken=2)
    other, gone = make_society(school.federation), school.society
    make_society(school.federation, name="早已退出学会", left_on=date(2024, 1, 1))
    gone.left_on = date(2026, 6, 1)
    gone.save()
    url = reverse("training:quota", args=[chosen.pk])
    page = as_(client, school.manager).get(url).content.decode()
    assert f"places-{gone.pk}" in page and "已不在本科协，不再报名" in page
    assert "早已退出学会" not in page
    sent = {f"places-{gone.pk}": 2, f"places-{other.pk}": 3}
    sent |= {"row_version": chosen.row_version, "form_token": new_token()}
    assert client.post(url, sent).status_code == 302
    places = dict(ClassQuota.objects.values_list("society", "places"))
    assert places == {gone.pk: 2, other.pk: 3}


def test_the_rest_get_as_many_each(school, client):
    """R-TRN-05: nobody types the same number for two hundred societies; 0 typed stays none."""
    chosen = opened(school, places=9)
    own, few, none = school.society, *(make_society(school.federation) for _ in range(2))
    gone = make_society(school.federation, left_on=date(2026, 6, 1))
    ClassQuota.objects.create(training_class=chosen, society=gone, places=4)
    url = reverse("training:quota", args=[chosen.pk])
    as_(client, school.manager)
    sent = {f"places-{few.pk}": "1", f"places-{none.pk}": "0", "form_token": new_token()}
    sent |= {"row_version": chosen.row_version, "each": "零"}
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "其余学会每家名额应为整数" in refused.content.decode()
    assert client.post(url, sent | {"each": "2"}).status_code == 302
    places = dict(ClassQuota.objects.values_list("society", "places"))
    assert places == {own.pk: 2, few.pk: 1}


def test_no_certificate_is_listed_before_there_is_one(school, client):
    """R-TRN-05: a certificate has a number, given by settling."""
    chosen, member = opened(school, starts_on=TODAY), school.member()
    enrolment = Enrolment.objects.create(
        training_class=chosen,
        society=school.society,
        member=member,
        person_name=member.name,
        enrolled_at=chosen.drafted_at,
        enrolled_by=school.clerk.user,
        result="passed",
    )
    url = reverse("training:hours_member", args=[member.pk])
    assert "结业证书" not in as_(client, school.filer).get(url).content.decode()
    enrolment.certificate_no = "PX-2026-001-001"
    enrolment.save()
    assert "PX-2026-001-001" in client.get(url).content.decode()


def test_what_is_hidden_does_not_follow_by_subtraction(school, client, monkeypatch):
    """R-TRN-11: seven in all, five of them here, would tell of the two in the other one."""
    for n in range(7):
        member = school.member(school.branch if n < 5 else school.other)
        year(school, member, Decimal(32))
    url = reverse("training:totals")

    def told():
        rows = as_(client, school.secretary).get(url).context["organisations"]
        return {row["organisation"].pk: row["members"] for row in rows}

    assert told() == {school.branch.pk: shares.HELD_BACK, school.other.pk: "不足 5 人"}
    with monkeypatch.context() as control:
        control.setattr(
            "training.views.totals.said_apart",
            lambda parts: {key: shares.said(part) for key, part in parts.items()},
        )
        assert told()[school.branch.pk] == "100.0%"


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ((7, 9), {0, 1}),
        ((4, 6, 9), {2}),
        ((2, 2, 6, 9), {3}),
        ((3, 3, 6), {2}),
        ((3,), set()),
        ((0, 7), {1}),
    ],
)
def test_parts_held_back(sizes, shown):
    """R-TRN-11: at least two are hidden, with five people between them, or none is."""
    found = shares.said_apart({n: (0, size) for n, size in enumerate(sizes)})
    assert {key for key, words in found.items() if words.endswith("%")} == shown
    assert len(found) == len(sizes)


def test_enrolling_says_until_when_one_may_withdraw(school, client):
    """The action allows 退报 until somebody is registered as present; the last day counts."""
    chosen = opened(school)
    page = as_(client, school.clerk).get(reverse("training:enrol", args=[chosen.pk]))
    assert f"报名 {chosen.enrol_by} 截止（含当日）；登记到课以前可以退报" in page.content.decode()


def test_only_who_can_be_enrolled_is_offered(school, client):
    """Who holds a post and is on no confirmed register is named, not offered and then refused."""
    chosen, member, other = opened(school), school.member(), school.member()
    day = date(2025, 1, 1)
    by_name = make_post(school.branch, "secretary", person_name=member.name, valid_from=day)
    linked = make_post(
        school.branch, "publicity_officer", person_name="旧名", member=other, valid_from=day
    )
    stranger = make_post(
        school.branch, "organisation_officer", person_name="赵某外", valid_from=day
    )
    url = reverse("training:enrol", args=[chosen.pk])
    shown = as_(client, school.clerk).get(url)
    offered = set(shown.context["form"].fields["post"].queryset)
    assert offered == {by_name, linked}
    assert "赵某外不在已确认的党员名册中，由党支部登记后可选" in shown.content.decode()
    refused = client.post(url, {"post": stranger.pk, "form_token": new_token()})
    assert refused.status_code == 422
    assert client.post(url, {"post": linked.pk, "form_token": new_token()}).status_code == 302
    assert Enrolment.objects.get().member == other


def test_names_of_hours_are_for_the_own_secretaries(school, client):
    """R-TRN-11: UB and US read names; UC and the committee read shares."""
    member = school.member(name="钱某某")
    year(school, member, Decimal(12))
    for actor in (school.filer, school.secretary):
        page = as_(client, actor).get(reverse("training:hours")).content.decode()
        assert "钱某某" in page
    for actor in (school.clerk, school.reviewer, school.leader, school.manager):
        assert as_(client, actor).get(reverse("training:hours")).status_code == 403
    for actor in (school.clerk, school.reviewer, school.leader):
        page = as_(client, actor).get(reverse("training:totals")).content.decode()
        assert "钱某某" not in page
    assert as_(client, school.manager).get(reverse("training:totals")).status_code == 403


def test_another_branch_does_not_read_them(school, client):
    member = school.member()
    url = reverse("training:hours_member", args=[member.pk])
    assert as_(client, school.filer).get(url).status_code == 200
    assert as_(client, school.other_filer).get(url).status_code == 404


def test_shares_of_fewer_than_five_are_not_told(school, client, monkeypatch):
    """R-TRN-11: a share of four people would point at them; of five it is told."""
    for n in range(4):
        member = school.member()
        if n < 2:
            year(school, member, Decimal(32))
    url = reverse("training:totals")
    page = as_(client, school.reviewer).get(url).content.decode()
    assert "不足 5 人" in page
    assert "50.0%" not in page
    monkeypatch.setattr(shares, "LEAST", 4)
    assert "50.0%" in client.get(url).content.decode()
    monkeypatch.setattr(shares, "LEAST", 5)
    school.member()
    assert "40.0%" in client.get(url).content.decode()


@pytest.mark.parametrize("name", ["training:hours_export", "training:totals_export"])
def test_exports_are_text_and_say_what_they_are(school, client, name):
    """S6: nothing typed becomes a formula; D-11: a demonstration says so in row 1."""
    federation = school.federation
    federation.is_demo = True
    federation.save()
    type(school.society).objects.update(name="=HYPERLINK(1)")
    school.branch.name = "@SUM(1)"
    school.branch.save()
    member = school.member()
    type(member).objects.filter(pk=member.pk).update(name="=cmd|'/c calc'!A1")
    answer = as_(client, school.secretary).get(reverse(name))
    found = cells(answer)
    assert found[0].value.startswith("演示数据")
    assert [cell for cell in found if cell.data_type == "f"] == []
    said = {cell.value for cell in found}
    assert said & {"=cmd|'/c calc'!A1", "=HYPERLINK(1)"}


def test_hours_of_more_than_a_hundred_are_not_exported(school, client, monkeypatch):
    """roles.md §3: bulk export asks for a second person, who has no page yet."""
    monkeypatch.setattr("training.views.hours.MOST_EXPORTED", 1)
    school.member(), school.member()
    answer = as_(client, school.filer).get(reverse("training:hours_export"), follow=True)
    assert "请先按姓名筛选" in answer.content.decode()


def test_the_statement_names_rules_and_lines(school, client):
    """R-TRN-01: required hours with their clause, for print."""
    member = school.member()
    make_post(school.branch, member=member, valid_from=date(2025, 1, 1))
    page = as_(client, school.filer).get(reverse("training:hours_member", args=[member.pk]))
    words = page.content.decode()
    assert "56（书记、委员，12 个整月）" in words
    assert "《党员教育管理工作条例》第 20 条" in words
    assert "data-print" in words


def test_tasks_of_everybody(school):
    """D-19: desks ask for what is open, no rows."""
    chosen = opened(school)
    assert [t.button for t in desk.society(school.clerk, TODAY)] == ["去报名"]
    assert desk.society(school.clerk, chosen.enrol_by + timedelta(days=1)) == []
    TrainingClass.objects.update(state="planned", decided_at=None, decided_by=None)
    assert [t.button for t in desk.leader(school.leader, TODAY)] == ["去批准"]
    assert desk.leader(school.manager, TODAY) == []
    TrainingClass.objects.update(state="draft", return_reason="人数太少")
    assert [t.why for t in desk.manager(school.manager, TODAY)] == ["负责人退回：人数太少"]
    TrainingClass.objects.update(
        state="open", decided_at=chosen.decided_at, decided_by=school.leader.user
    )
    assert [t.title[:5] for t in desk.manager(school.manager, chosen.ends_on)] == ["登记到课并"]


@pytest.mark.parametrize("name", ["training:hours", "training:events", "training:totals"])
def test_the_number_of_queries_does_not_grow(school, client, name):
    """P-goals: pages read sets."""
    as_(client, school.secretary)
    school.member()
    client.get(reverse(name))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse(name))
    for _ in range(4):
        year(school, school.member(), Decimal(1))
    make_society(school.federation)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(name))
    assert len(many) <= len(few)


def test_an_event_filed_from_a_page_waits_for_the_secretary(school, client):
    member = school.member()
    url = reverse("training:event_file", args=[school.branch.pk])
    sent = {
        "kind": "study",
        "title": "学习",
        "held_on": "2026-05-11",
        "portion": "minutes",
        "attendees": [member.pk],
        "form_token": new_token(),
    }
    refused = as_(client, school.filer).post(url, sent)
    assert refused.status_code == 422
    assert "请填写分钟数" in refused.content.decode()
    done = client.post(url, sent | {"minutes": "60", "form_token": new_token()})
    assert done.status_code == 302
    event = HourEvent.objects.get()
    page = as_(client, school.secretary).get(reverse("training:event", args=[event.pk]))
    assert "确认，计入学时" in page.content.decode()
