"""The pages of organisation life: one form, what it keeps, what the others show (R8, R10, D-17)."""

import io
from datetime import date

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from accounts.permissions import Role
from branches.life.forms import MatrixFilter
from branches.models import LifeDraft, LifeRecord, OrganisationType
from tests.factories import (
    file_life,
    make_actor,
    make_federation,
    make_obligations,
    make_organisation,
    make_society,
    turn_life,
)
from tests.factories.life import filer_of, moment_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
FACTS = {
    "kind": "theme_day",
    "held_on": "2026-11-20",
    "agenda": "学习党章",
    "learning": "学习党章第五章",
    "expected": "4",
    "present": "3",
}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(moment_of(TODAY), tick=False):
        yield


@pytest.fixture
def society():
    federation = make_federation()
    make_obligations(federation)
    return make_society(federation, name="示例数学学会")


@pytest.fixture
def branch(society):
    branch = make_organisation(society)
    turn_life(society.federation, TODAY, since=date(2026, 1, 1))
    return branch


@pytest.fixture
def secretary(client, branch):
    actor = make_actor(Role.BRANCH_SECRETARY, branch)
    client.force_login(actor.user)
    return actor


def page(client, name, *args, **query):
    return client.get(reverse(f"branches:{name}", args=args, query=query or None))


def sent(client, branch, **changes):
    """Open the form, fill it in, send it with its token."""
    url = reverse("branches:life_file", args=[branch.pk])
    form = client.get(url).context["form"]
    token = form["form_token"].value()
    return url, {"form_token": token} | FACTS | changes


def test_a_record_is_filed_on_one_page(client, branch, secretary):
    url, body = sent(client, branch)
    answer = client.post(url, body)
    record = LifeRecord.objects.get()
    assert answer.headers["Location"] == reverse("branches:life_record", args=[record.pk])
    assert (record.filed_by, record.present, record.place) == (secretary.user, 3, "")
    assert branch.expected_life.get(kind="theme_day", period="2026-11").held == 1


def test_kinds_owed_stand_first_and_the_others_under_more(client, branch, secretary):
    form = page(client, "life_file", branch.pk).context["form"]
    owed = [str(option.data["value"]) for option in form.owed_kinds]
    assert owed[0] == "members_congress"
    assert "theme_day" in owed
    assert not {"committee_meeting", "branch_committee_meeting"} & set(owed)
    assert len(form.owed_kinds) + len(form.other_kinds) == 15


def test_a_replayed_form_files_once(client, branch, secretary):
    """R10: the same page sent again gives the first answer."""
    url, body = sent(client, branch)
    first, again = client.post(url, body), client.post(url, body)
    assert first.headers["Location"] == again.headers["Location"]
    assert LifeRecord.objects.count() == 1
    assert client.post(url, body | {"agenda": "另一议程"}).status_code == 422
    assert client.post(url, FACTS).status_code == 422
    assert LifeRecord.objects.count() == 1


def test_what_was_typed_stays_with_the_message_at_its_field(client, branch, secretary):
    url, body = sent(client, branch, held_on="二十号", present="三", decision="定了")
    answer = client.post(url, body)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "日期应为实际存在的日期" in html
    assert "实到人数应为整数" in html
    assert 'value="二十号"' in html
    assert 'value="三"' in html
    assert "定了" in html
    assert not LifeRecord.objects.exists()


def test_a_draft_comes_back_and_the_last_record_fills_the_gaps(client, branch, secretary):
    file_life(branch, held_on=date(2026, 10, 16), place="会议室", expected=7, present=5)
    url = reverse("branches:life_draft", args=[branch.pk])
    saved = client.post(
        url, {"agenda": "还没写完", "held_on": "明"}, headers={"HX-Request": "true"}
    )
    assert "草稿已保存" in saved.content.decode()
    again = page(client, "life_file", branch.pk, last="")
    form = again.context["form"]
    assert (form["agenda"].value(), form["held_on"].value()) == ("还没写完", "明")
    assert (form["place"].value(), form["expected"].value()) == ("会议室", 7)
    assert form["present"].value() is None
    assert "按上次填入（10 月 16 日主题党日）" in again.content.decode()
    assert client.post(url, {"agenda": "另"}).status_code == 302
    assert LifeDraft.objects.get().values["agenda"] == "另"


def test_a_draft_overtaken_by_its_own_filing_is_not_kept(client, branch, secretary):
    """R10: the saving of the last field may arrive after the filing; the next form begins empty."""
    form = page(client, "life_file", branch.pk).context["form"]
    sent = FACTS | {"form_token": form["form_token"].value()}
    file, draft = (
        reverse(f"branches:{name}", args=[branch.pk]) for name in ("life_file", "life_draft")
    )
    assert client.post(draft, sent).status_code == 302
    assert LifeDraft.objects.exists()
    assert client.post(file, sent).status_code == 302
    assert client.post(draft, sent, headers={"HX-Request": "true"}).status_code == 204
    assert not LifeDraft.objects.exists()
    assert client.post(draft, FACTS).status_code == 302
    assert LifeDraft.objects.exists()


@pytest.mark.parametrize(
    ("held_on", "words"),
    [
        (date(2026, 9, 20), "登记晚于该期的计入截止日，不计入完成情况"),
        (date(2026, 11, 20), "暂算，上级可退回至"),
    ],
)
def test_a_record_says_whether_its_period_still_counts_it(
    client, branch, secretary, held_on, words
):
    """R-LIFE-05: accepted for compliance until the period's close and grace; kept all the same."""
    record = file_life(branch, held_on=held_on, on=TODAY)
    assert words in client.get(reverse("branches:life_record", args=[record.pk])).content.decode()


def test_two_people_and_one_record(client, branch, secretary):
    """R8: the second sees both values; saving again is a decision."""
    record = file_life(branch, held_on=date(2026, 11, 20), agenda="学习党章")
    url = reverse("branches:life_correct", args=[record.pk])
    first, second = (client.get(url).context["form"] for _ in range(2))
    for form, place, status in ((first, "一楼", 302), (second, "二楼", 409)):
        body = FACTS | {"place": place, "row_version": "1"}
        answer = client.post(url, body | {"form_token": form["form_token"].value()})
        assert answer.status_code == status
    html = answer.content.decode()
    assert "当前记录为“一楼”，您填写的是“二楼”" in html
    record.refresh_from_db()
    assert record.place == "一楼"
    body |= {"row_version": "2", "form_token": second["form_token"].value()}
    assert client.post(url, body).status_code == 302
    record.refresh_from_db()
    assert record.place == "二楼"


def test_the_calendar_says_done_due_and_missed(client, branch, secretary):
    file_life(branch, held_on=date(2026, 3, 5), on=date(2026, 3, 5))
    context = page(client, "life_calendar", branch.pk).context
    line = next(line for line in context["lines"] if line.kind == "theme_day")
    words = {cell.row.period: cell.word for cell in line.cells}
    assert words["2026-03"] == "已完成"
    assert words["2026-04"] == words["2026-10"] == "未完成"
    assert words["2026-11"] == "本期应办"
    assert (line.num, line.den, line.share) == (1, 10, "10.0%")
    with time_machine.travel(moment_of(date(2026, 11, 5)), tick=False):
        lines = page(client, "life_calendar", branch.pk).context["lines"]
    line = next(line for line in lines if line.kind == "theme_day")
    assert next(c.word for c in line.cells if c.row.period == "2026-10") == "宽限期内"


def test_the_desk_says_what_is_due_missed_and_returned_without_proposing_the_past(
    client, branch, secretary
):
    """D-17, §18: 缺第三季度党员大会记录; only running periods have a way to file."""
    tasks = client.get(reverse("home")).context["tasks"]
    filing = reverse("branches:life_file", args=[branch.pk])
    due = {task.title for task in tasks if task.url.startswith(filing)}
    assert due == {
        "11 月主题党日",
        "第四季度党员大会",
        "第四季度党课",
        "2026 年组织生活会",
        "2026 年民主评议党员",
        "2026 年党性分析",
        "2026 年谈心谈话",
    }
    (missed,) = [task for task in tasks if task.status_label == "未完成"]
    assert missed.title.startswith("缺")
    assert "第一季度党员大会" in missed.title
    assert missed.url == reverse("branches:life_calendar", args=[branch.pk])


def test_the_superiors_desk_counts_what_may_still_be_returned(client, society, branch):
    actor = make_actor(Role.SOCIETY_SECRETARY, society)
    client.force_login(actor.user)
    file_life(branch, held_on=date(2026, 10, 10), on=date(2026, 10, 12))
    file_life(branch, held_on=date(2026, 11, 10), on=date(2026, 11, 12))
    titles = [task.title for task in client.get(reverse("home")).context["tasks"]]
    assert "新登记的组织生活记录 1 条" in titles


def test_the_matrix_has_shares_with_both_numbers(client, society, branch):
    """D-20: one decimal, numerator and denominator; 不适用 where nothing is owed."""
    empty = make_society(society.federation, name="示例空学会")
    for month in range(1, 9):
        file_life(branch, held_on=date(2026, month, 5), on=date(2026, month, 6))
    actor = make_actor(Role.COMMITTEE_REVIEWER, society.federation)
    client.force_login(actor.user)
    answer = page(client, "life_matrix")
    rows = {row.name: row.life for row in answer.context["page"].object_list}
    assert rows[society.name]["theme_day"] == (8, 10)
    assert rows[society.name]["all"] == (8, 16)
    assert rows[empty.name] == {}
    html = answer.content.decode()
    assert "80.0%" in html and "8 / 10" in html and "不适用" in html
    quarter = page(client, "life_matrix", window="3").context["page"].object_list
    assert {row.name: row.life.get("theme_day") for row in quarter}[society.name] == (2, 3)
    unmet = page(client, "life_matrix", result="unmet").context["page"].object_list
    assert [row.name for row in unmet] == [society.name]
    book = client.get(reverse("branches:life_matrix_export"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    cells = {str(c.value) for row in sheet.iter_rows() for c in row if c.value}
    assert "80.0%（8/10）" in cells


def test_a_running_period_is_not_judged(client, society, branch, monkeypatch):
    """On its last day a month still runs; on 1 January nothing of the year is over."""
    actor = make_actor(Role.COMMITTEE_REVIEWER, society.federation)
    for day in (30, 31):
        monkeypatch.setattr("common.clock.now", lambda d=day: moment_of(date(2026, 10, d)))
        assert MatrixFilter({}).days() == (date(2026, 1, 1), date(2026, 10, day - 1))
    monkeypatch.setattr("common.clock.now", lambda: moment_of(date(2027, 1, 1)))
    client.force_login(actor.user)
    html = page(client, "life_matrix").content.decode()
    assert "所选期间尚未结束" in html and "没有可计算的完成情况" in html
    for year, status in (("2026", 200), ("020260", 404), ("２０２６", 404)):
        assert page(client, "life_calendar", branch.pk, year=year).status_code == status


def test_lists_filter_and_search(client, branch, secretary):
    file_life(branch, held_on=date(2026, 3, 5), on=date(2026, 3, 6), agenda="学习条例")
    file_life(branch, "party_lecture", date(2026, 4, 5), on=date(2026, 9, 6), agenda="讲党史")

    def found(**query):
        rows = page(client, "life_list", **query).context["page"].object_list
        return [row.agenda for row in rows]

    assert found() == ["讲党史", "学习条例"]
    assert found(q="条例") == ["学习条例"]
    assert found(kind="party_lecture") == ["讲党史"]
    assert found(late="1") == ["讲党史"]
    assert found(year="2025") == []
    assert found(quarter="2") == ["讲党史"]
    assert found(quarter="3", year="2026") == []
    assert found(sort="held") == ["学习条例", "讲党史"]


def test_a_served_society_sees_the_joint_record_and_cannot_change_it(client, society):
    """R-LIFE-10, R-OWN-03."""
    other = make_society(society.federation)
    units = [s.units.get(tier=2) for s in (society, other)]
    joint = make_organisation(society, *units, type=OrganisationType.JOINT_BRANCH)
    record = file_life(joint, held_on=date(2026, 11, 5), on=TODAY)
    client.force_login(make_actor(Role.SOCIETY_SECRETARY, other).user)
    assert page(client, "life_record", record.pk).status_code == 200
    for step in ("correct", "withdraw", "return"):
        assert page(client, f"life_{step}", record.pk).status_code == 403
    client.force_login(make_actor(Role.SOCIETY_SECRETARY, make_society(society.federation)).user)
    assert page(client, "life_record", record.pk).status_code == 404


def test_the_secretary_of_the_society_files_for_the_council(client, society, branch):
    council = make_organisation(
        society, society.units.get(tier=1), type=OrganisationType.FUNCTIONAL_COMMITTEE
    )
    client.force_login(make_actor(Role.SOCIETY_SECRETARY, society).user)
    own = page(client, "life_own")
    assert list(own.context["filed_for"]) == [council]
    url, body = sent(client, council, kind="committee_meeting", first_topic="on")
    assert client.post(url, body).status_code == 302
    assert LifeRecord.objects.get().first_topic
    assert page(client, "life_file", branch.pk).status_code == 403


@pytest.mark.parametrize(
    "name", ["life_list", "life_matrix", "life_own", "life_calendar", "life_society"]
)
def test_pages_ask_as_much_of_few_rows_as_of_many(
    client, society, branch, name, django_assert_max_num_queries
):
    """The number of queries does not grow with the rows."""
    args = {"life_calendar": [branch.pk], "life_society": [society.pk]}.get(name, [])
    role, scope = (Role.SOCIETY_SECRETARY, society)
    client.force_login(make_actor(role, scope).user)
    by = filer_of(branch)
    file_life(branch, held_on=date(2026, 1, 5), on=date(2026, 1, 6), by=by)

    def count():
        with django_assert_max_num_queries(40) as asked:
            assert page(client, name, *args).status_code == 200
        return len(asked)

    count()  # starts the clocks of the session
    few = count()
    for day in range(2, 28):
        file_life(branch, held_on=date(2026, 2, day), on=date(2026, 2, 28), by=by)
    for _ in range(5):
        make_organisation(make_society(society.federation), established_on=date(2026, 1, 1))
    turn_life(society.federation, TODAY)
    assert count() == few
