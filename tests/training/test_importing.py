"""Attendance by workbook: every error told, confirmed, taken back; S5 for this door."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.urls import reverse

from common.errors import ActionRefused, NotAllowed
from common.imports import checking, running
from common.imports.batches import BatchState
from tests.common import hostile
from tests.common.hostile import HOSTILE
from tests.factories import make_class
from tests.factories.members import workbook
from tests.training.conftest import NOW, TODAY, make_school
from training.actions import importing
from training.importing import COLUMNS
from training.models import (
    AttendanceImport,
    ClassQuota,
    ClassState,
    Enrolment,
    SessionAttendance,
)
from training.tasks import work_on_attendance_import

pytestmark = pytest.mark.django_db
HEADS = tuple(column.label for column in COLUMNS)


@pytest.fixture
def course(school):
    """A class of two days that began yesterday, with three people enrolled."""
    chosen = make_class(
        school.federation,
        sessions=3,
        starts_on=TODAY - timedelta(days=1),
        enrol_by=TODAY - timedelta(days=2),
    )
    ClassQuota.objects.create(training_class=chosen, society=school.society, places=9, taken=3)
    for name in ("张一", "李二", "王三"):
        member = school.member(name=name)
        Enrolment.objects.create(
            training_class=chosen,
            society=school.society,
            member=member,
            person_name=name,
            enrolled_at=NOW,
            enrolled_by=school.clerk.user,
        )
    return school, chosen


def upload(course, *rows, heads=HEADS, by=None):
    school, chosen = course
    return importing.upload_attendance(
        chosen=chosen,
        name="到课.xlsx",
        data=workbook(rows, heads, "到课登记"),
        by=by or school.manager,
        now=NOW,
    )


def line(course, name, sessions="1", result="", month=""):
    return (course[0].society.name, name, month, sessions, result)


def problems(batch, at):
    return [p["wrong"] for p in batch.rows.get(line=at).problems]


def test_every_error_is_told_at_its_cell(course):
    batch = upload(
        course,
        line(course, "张一", "1-2", "合格"),
        line(course, "赵四"),
        ("没有的学会", "李二", "", "1", ""),
        line(course, "王三", "9"),
        line(course, "王三", "3"),
        line(course, "李二", "来了"),
        line(course, "李二", "1", "优秀"),
        line(course, "张一", "1"),
        line(course, "", "1"),
    )
    assert [row.kind for row in batch.rows.order_by("line")] == ["changed"] + ["refused"] * 8
    told = [problems(batch, at)[0] for at in range(3, 11)]
    assert told[0] == "没有报名"
    assert told[1] == "该学会没有这位学员"
    assert batch.rows.get(line=4).problems[0]["offer"] == course[0].society.name
    assert told[2] == "没有第 9 节"
    assert "尚未开课" in told[3]
    assert "看不懂" in told[4]
    assert told[5].startswith("考核结果只能填")
    assert told[6] == "与第 2 行是同一人"
    assert told[7] == "姓名未填"
    assert not SessionAttendance.objects.exists()


def test_a_range_backwards_is_told(course):
    """“5-3” named no session, and so said absent."""
    batch = upload(course, line(course, "张一", "2-1"), line(course, "李二", "1-2"))
    (said,) = batch.rows.get(line=2).problems
    assert (said["wrong"], said["mend"]) == ("到课“2-1”前后颠倒", "请写成 1-2")
    assert [row.kind for row in batch.rows.order_by("line")] == ["refused", "changed"]


def test_one_line_a_person_however_the_society_is_written(course, monkeypatch):
    """R-TRN-05: two lines that contradict each other do not both pass, by name and by code."""
    school, chosen = course
    school.society.code = "T01"
    school.society.save()
    lines = [line(course, "张一", "1", "合格"), ("T01", "张一", "", "缺席", "不合格")]
    batch = upload(course, *lines)
    assert [row.kind for row in batch.rows.order_by("line")] == ["changed", "refused"]
    assert problems(batch, 3) == ["与第 2 行是同一人"]
    importing.confirm_attendance(batch=batch, by=school.manager, now=NOW)
    assert Enrolment.objects.get(person_name="张一").result == "passed"
    assert SessionAttendance.objects.count() == 1
    importing.roll_back_attendance(batch=batch, by=school.manager, now=NOW)
    assert not SessionAttendance.objects.exists()
    # Negative control.
    monkeypatch.setattr("training.importing._refuse_second_lines", lambda *args: None)
    batch = upload(course, *lines)
    assert [row.kind for row in batch.rows.order_by("line")] == ["changed", "changed"]


def test_an_adopted_offer_does_not_make_a_second_line(course):
    """The society offered for a line may be that of another line of the same person."""
    school, _ = course
    batch = upload(
        course, ("没有的学会", "张一", "", "缺席", ""), line(course, "张一", "1", "合格")
    )
    assert [row.kind for row in batch.rows.order_by("line")] == ["refused", "changed"]
    importing.adopt_offer(batch=batch, line=2, column="society", by=school.manager, now=NOW)
    assert [row.kind for row in batch.rows.order_by("line")] == ["refused", "changed"]
    assert any("是同一人" in wrong for wrong in problems(batch, 2))


def test_the_roster_of_a_class_with_a_slash_in_its_title(course, client):
    """A sheet is named by the title as far as sheets may be."""
    school, chosen = course
    type(chosen).objects.update(title="2026/2027 党务培训班[一期]")
    client.force_login(school.manager.user, "django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("training:import_template", args=[chosen.pk]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames[0].startswith("2026 2027 党务培训班 一期")
    assert book.active["A1"].value.startswith("2026/2027 党务培训班[一期]：")


def test_confirmed_written_and_taken_back(course):
    school, chosen = course
    batch = upload(
        course, line(course, "张一", "1、2", "合格"), line(course, "李二", "缺席", "不合格")
    )
    importing.confirm_attendance(batch=batch, by=school.manager, now=NOW)
    chosen.refresh_from_db()
    assert chosen.state == ClassState.HELD
    assert SessionAttendance.objects.count() == 2
    results = dict(Enrolment.objects.values_list("person_name", "result"))
    assert results == {"张一": "passed", "李二": "failed", "王三": ""}
    again = upload(course, line(course, "张一", "1、2", "合格"))
    assert again.rows.get().kind == "same"
    importing.roll_back_attendance(batch=batch, by=school.manager, now=NOW)
    chosen.refresh_from_db()
    assert chosen.state == ClassState.OPEN
    assert not SessionAttendance.objects.exists()
    assert set(Enrolment.objects.values_list("result", flat=True)) == {""}


def test_an_empty_result_leaves_the_registered_one(course):
    school, _ = course
    Enrolment.objects.filter(person_name="张一").update(result="passed")
    batch = upload(course, line(course, "张一", "1"))
    importing.confirm_attendance(batch=batch, by=school.manager, now=NOW)
    assert Enrolment.objects.get(person_name="张一").result == "passed"


def test_what_moved_on_is_not_taken_back(course):
    school, chosen = course
    batch = upload(course, line(course, "张一", "1"))
    importing.confirm_attendance(batch=batch, by=school.manager, now=NOW)
    Enrolment.objects.filter(person_name="张一").update(result="passed")
    with pytest.raises(ActionRefused, match="导入后又有改动"):
        importing.roll_back_attendance(batch=batch, by=school.manager, now=NOW)
    with pytest.raises(ActionRefused, match="超过 24 小时"):
        importing.roll_back_attendance(
            batch=batch, by=school.manager, now=NOW + timedelta(hours=25)
        )
    assert SessionAttendance.objects.count() == 1
    assert chosen.pk


def test_changed_since_the_check_it_is_looked_at_again(course):
    school, _ = course
    batch = upload(course, line(course, "张一", "1", "合格"))
    Enrolment.objects.filter(person_name="张一").update(result="passed")
    with pytest.raises(ActionRefused, match="已按最新情况重新核对"):
        importing.confirm_attendance(batch=batch, by=school.manager, now=NOW)
    batch.refresh_from_db()
    assert (batch.state, SessionAttendance.objects.count()) == (BatchState.CHECKED, 0)
    importing.confirm_attendance(batch=batch, by=school.manager, now=NOW)
    assert SessionAttendance.objects.count() == 1


def test_a_settled_class_takes_no_workbook(course):
    school, chosen = course
    batch = upload(course, line(course, "张一", "1"))
    type(chosen).objects.update(state="settled", settled_at=NOW, settled_by=school.manager.user)
    with pytest.raises(ActionRefused, match="已结业或取消"):
        importing.confirm_attendance(batch=batch, by=school.manager, now=NOW)
    chosen.refresh_from_db()
    with pytest.raises(ActionRefused, match="已结业或取消"):
        upload((school, chosen), line(course, "张一", "1"))


def test_others_do_not_import(course):
    """roles.md: attendance is the training manager's, of the own federation."""
    school, _ = course
    for stranger in (make_school().manager, school.leader, school.clerk):
        with pytest.raises(NotAllowed):
            upload(course, line(course, "张一", "1"), by=stranger)


def test_namesakes_are_told_apart_by_the_month(course):
    school, chosen = course
    second = school.member(name="张一", birth_month=date(1985, 6, 1))
    Enrolment.objects.create(
        training_class=chosen,
        society=school.society,
        member=second,
        person_name="张一",
        enrolled_at=NOW,
        enrolled_by=school.clerk.user,
    )
    batch = upload(course, line(course, "张一", "1"), line(course, "张一", "1", month="1985-06"))
    assert problems(batch, 2) == ["同一学会有同名学员"]
    assert batch.rows.get(line=3).target == Enrolment.objects.get(member=second).pk


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_hostile_files_are_refused(course, what):
    """S5: this door refuses whatever the door of members refuses."""
    school, chosen = course
    name, make = HOSTILE[what]
    try:
        batch = importing.upload_attendance(
            chosen=chosen, name=name, data=make(), by=school.manager, now=NOW
        )
    except ActionRefused as refused:
        assert "file" in refused.errors
        assert not AttendanceImport.objects.exists()
        return
    # What unpacks large is looked into by a worker.
    assert batch.state == BatchState.WAITING
    work_on_attendance_import(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.FAILED
    assert batch.problem


def test_without_its_door_a_hostile_file_would_be_looked_into(course, monkeypatch):
    """Negative control."""
    school, chosen = course
    for guard in ("check_outside", "check_inside"):
        monkeypatch.setattr(running, guard, lambda *args: None)
    monkeypatch.setattr(checking, "check_inside", lambda data: None)
    data = hostile.cells(b'<c r="A9"><f>1+1</f><v>2</v></c>')
    batch = importing.upload_attendance(
        chosen=chosen, name="a.xlsx", data=data, by=school.manager, now=NOW
    )
    assert batch.state == BatchState.CHECKED


def test_the_roster_comes_back_as_it_went(course, client):
    """The workbook with everybody enrolled is read again; typed text is no formula (S6)."""
    school, chosen = course
    odd = Enrolment.objects.filter(person_name="王三")
    odd.update(person_name="=1+1")
    client.force_login(school.manager.user, "django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("training:import_template", args=[chosen.pk]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = book.active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=1+1" in [cell.value for cell in cells]
    odd = Enrolment.objects.filter(person_name="=1+1")
    odd.update(person_name="王三")
    for row in sheet.iter_rows(min_row=3):
        row[1].value = "王三" if row[1].value == "=1+1" else row[1].value
        row[3].value, row[4].value = "1", "合格"
    file = io.BytesIO()
    book.save(file)
    batch = importing.upload_attendance(
        chosen=chosen, name="名单.xlsx", data=file.getvalue(), by=school.manager, now=NOW
    )
    assert [row.kind for row in batch.rows.all()] == ["changed"] * 3
