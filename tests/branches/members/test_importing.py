"""Import of members: judged row by row, written all or none, taken back (R-MEM-07, R11)."""

from datetime import date, timedelta

import pytest

from branches.actions.confirming import confirm_members
from branches.actions.importing import (
    abandon_import,
    adopt_offer,
    answer_line,
    confirm_import,
    place_member_columns,
    roll_back_import,
    upload_members,
)
from branches.actions.members import change_member
from branches.members.importing import MEMBERS
from branches.models import Affiliation, MemberImport, Participation, PartyMember, Place
from common.errors import ActionRefused, NotAllowed
from common.imports import keeping, running
from common.imports.batches import Answer, BatchState, RowKind
from tests.branches.members.conftest import NOW
from tests.factories.members import HEADS, make_import, make_member, row_of, workbook

pytestmark = pytest.mark.django_db
ZHOU = ("周某某", "1971-09", "1999-12", "2000-12", "本学会")


def upload(register, rows, **more):
    said = {"by": register.filer, "now": NOW} | more
    return make_import(register.branch, rows, **said)


def confirm(register, batch, now=NOW):
    return confirm_import(batch=batch, by=register.filer, now=now)


def kinds(batch):
    return {row.line: row.kind for row in batch.rows.all()}


def problem(batch, line):
    (found,) = row_of(batch, line).problems
    return found["column"], f"{found['wrong']}。{found['mend']}"


def stored():
    """The register, without versions and moments."""
    return (
        list(PartyMember.objects.order_by("pk").values("pk", "name", "full_since", "namesake")),
        list(PartyMember.objects.order_by("pk").values("state", "left_on", "filed_by_id")),
        sorted(Affiliation.objects.values_list("member_id", "place", "valid_from", "valid_to")),
        sorted(Participation.objects.values_list("member_id", "valid_from", "valid_to")),
    )


MESSY = (
    (("陈某", "1978-03", "2031-07", "", "本学会"), "joined_month", "晚于今天"),
    (("刘某", "31/02/1982", "2008-06", "", "本学会"), "birth_month", "没有 2 月 31 日"),
    (("吴某", "1990-01", "2015-11", "", "支撑单位", "另一学会党支部"), "organisation", "找不到"),
    (("郑某", "1980-05", "2003-05", "", "不知道"), "place", "组织关系只能填"),
    (("", "1969-11", "1996-07", "", "本学会"), "name", "姓名未填"),
    (("钱某", "", "1996-07", "", "本学会"), "birth_month", "出生年月未填"),
    (("孙某", 1978.1, "1996-07", "", "本学会"), "birth_month", "分不清是 1 月还是 10 月"),
    (("李某", "78.3", "1996-07", "", "本学会"), "birth_month", "年份只有两位"),
    (("王某", "1996-07", "1978-03", "", "本学会"), "joined_month", "不足 16 年"),
    (("冯某", "1970-01", "1996-07", "1996-01", "本学会"), "full_since", "早于入党年月"),
    (("3", "1970-01", "1996-07", "", "本学会"), "name", "不像姓名"),
    (("何" * 51, "1970-01", "1996-07", "", "本学会"), "name", "超过 50 个字"),
)


@pytest.mark.parametrize(("cells", "column", "words"), MESSY)
def test_every_error_is_told_at_its_cell(register, cells, column, words):
    batch = upload(register, [cells])
    assert kinds(batch) == {2: RowKind.REFUSED}
    where, said = problem(batch, 2)
    assert where == column and words in said
    with pytest.raises(ActionRefused, match="没有要新增"):
        confirm(register, batch)


MONTHS = (
    *("1978-03", "1978.3", "1978.03", "1978/3", "1978年3月", "１９７８年０３月", "197803"),
    *("1978-03-15", "1978年3月15日", "19780315", " 1978 年 3 月 ", 197803, 1978.3),
    date(1978, 3, 15),
)


@pytest.mark.parametrize("typed", MONTHS)
def test_months_as_people_type_them(register, typed):
    batch = upload(register, [("陈某某", typed, "2008-06", "", "本学会")])
    confirm(register, batch)
    assert PartyMember.objects.get().birth_month == date(1978, 3, 1)


def test_confirmed_rows_wait_for_the_secretary(register):
    rows = [ZHOU, ("吴某某", "1990-01", "2015-11", "", "支撑单位", "示例力学学会办事机构党支部")]
    batch = upload(register, rows)
    assert kinds(batch) == {2: RowKind.NEW, 3: RowKind.NEW}
    assert not PartyMember.objects.exists()
    assert confirm(register, batch).state == BatchState.DONE
    zhou, wu = PartyMember.objects.order_by("pk")
    assert zhou.state == "filed" and zhou.source == batch and not wu.full_since
    assert [a.place for a in Affiliation.objects.order_by("pk")] == [
        Place.HERE,
        Place.SUPPORTING_UNIT,
    ]
    assert Participation.objects.get().member == wu
    assert not PartyMember.objects.counted().exists()


def test_the_same_file_twice_changes_nothing(register):
    rows = [ZHOU, ("吴某某", "1990-01", "2015-11", "", "其他单位")]
    confirm(register, upload(register, rows))
    before = stored()
    again = upload(register, rows)
    assert set(kinds(again).values()) == {RowKind.SAME}
    with pytest.raises(ActionRefused, match="没有要新增"):
        confirm(register, again)
    assert stored() == before


def test_rows_with_errors_stay_out_and_come_back_corrected(register):
    batch = upload(register, [ZHOU, ("陈某", "1978-03", "2031-07", "", "本学会")])
    confirm(register, batch)
    assert [m.name for m in PartyMember.objects.all()] == ["周某某"]
    corrected = upload(register, [("陈某", "1978-03", "2011-07", "", "本学会")])
    confirm(register, corrected)
    assert PartyMember.objects.count() == 2


def test_a_second_row_of_the_same_key_asks(register):
    batch = upload(register, [ZHOU, ZHOU])
    assert kinds(batch) == {2: RowKind.NEW, 3: RowKind.ASK}
    assert "与第 2 行" in row_of(batch, 3).problems[0]["wrong"]
    by = {"by": register.filer, "now": NOW}
    answer_line(batch=batch, line=3, said=Answer.SAME, **by)
    assert row_of(batch, 3).kind == RowKind.SAME
    with pytest.raises(ActionRefused):  # nothing is asked any more
        answer_line(batch=batch, line=3, said=Answer.OTHER, **by)
    confirm(register, batch)
    assert PartyMember.objects.count() == 1


def test_namesakes_in_one_file_and_the_file_again(register):
    batch = upload(register, [ZHOU, ZHOU])
    answer_line(batch=batch, line=3, said=Answer.OTHER, by=register.filer, now=NOW)
    confirm(register, batch)
    assert sorted(PartyMember.objects.values_list("namesake", flat=True)) == [0, 1]
    assert set(kinds(upload(register, [ZHOU, ZHOU])).values()) == {RowKind.SAME}


def test_somebody_of_another_organisation_asks_and_joins(register):
    known = make_member(
        register.other,
        name="周某某",
        birth_month=date(1971, 9, 1),
        joined_month=date(1999, 12, 1),
        full_since=date(2000, 12, 1),
    )
    batch = upload(register, [ZHOU])
    assert kinds(batch) == {2: RowKind.ASK}
    answer_line(batch=batch, line=2, said=Answer.SAME, by=register.filer, now=NOW)
    before = stored()
    confirm(register, batch)
    assert Participation.objects.get().organisation == register.branch
    assert Affiliation.objects.get().organisation == register.other
    assert set(kinds(upload(register, [ZHOU])).values()) == {RowKind.SAME}
    roll_back_import(batch=batch, by=register.filer, now=NOW)
    assert stored() == before
    assert PartyMember.objects.get() == known


def test_an_unknown_organisation_is_offered_the_right_one(register):
    batch = upload(register, [(*ZHOU, "办事机构支部")])
    (said,) = row_of(batch, 2).problems
    assert said["offer"] == "示例力学学会办事机构党支部" and "是否为" in said["mend"]
    adopt_offer(batch=batch, line=2, column="organisation", by=register.filer, now=NOW)
    assert kinds(batch) == {2: RowKind.NEW}
    with pytest.raises(ActionRefused):
        adopt_offer(batch=batch, line=2, column="name", by=register.filer, now=NOW)


def test_updates_show_what_was_and_are_taken_back(register):
    confirm(register, upload(register, [(*ZHOU[:3], "", "本学会")]))
    confirm_members(
        members=dict(PartyMember.objects.values_list("pk", "row_version")),
        by=register.secretary,
        now=NOW,
    )
    before = stored()
    batch = upload(register, [(*ZHOU[:4], "支撑单位")])
    row = row_of(batch, 2)
    assert row.kind == RowKind.CHANGED
    assert row.was == {"full_since": "预备党员", "place": "本学会"}
    confirm(register, batch)
    member = PartyMember.objects.get()
    assert member.full_since == date(2000, 12, 1) and member.state == "filed"
    assert member.affiliations.open().get().place == Place.SUPPORTING_UNIT
    roll_back_import(batch=batch, by=register.filer, now=NOW + timedelta(hours=23))
    assert stored() == before


def test_blank_cells_clear_nothing(register):
    confirm(register, upload(register, [ZHOU]))
    assert kinds(upload(register, [(*ZHOU[:3], "", "本学会")])) == {2: RowKind.SAME}


def test_rolled_back_within_a_day(register):
    batch = upload(register, [ZHOU])
    confirm(register, batch)
    with pytest.raises(ActionRefused, match="24 小时"):
        roll_back_import(batch=batch, by=register.filer, now=NOW + timedelta(hours=25))
    done = roll_back_import(batch=batch, by=register.filer, now=NOW + timedelta(hours=23))
    assert done.state == BatchState.ROLLED_BACK
    assert not PartyMember.objects.exists() and not Affiliation.objects.exists()
    with pytest.raises(ActionRefused, match="状态已变化"):
        roll_back_import(batch=batch, by=register.filer, now=NOW)
    confirm(register, upload(register, [ZHOU]))
    assert PartyMember.objects.count() == 1


def test_not_rolled_back_once_confirmed(register):
    batch = upload(register, [ZHOU, ("吴某某", "1990-01", "2015-11", "", "其他单位")])
    confirm(register, batch)
    first = PartyMember.objects.first()
    confirm_members(members={first.pk: first.row_version}, by=register.secretary, now=NOW)
    with pytest.raises(ActionRefused, match="已被确认"):
        roll_back_import(batch=batch, by=register.filer, now=NOW)
    assert PartyMember.objects.count() == 2


def test_not_rolled_back_once_changed(register):
    batch = upload(register, [ZHOU])
    confirm(register, batch)
    member = PartyMember.objects.get()
    change_member(
        member=member, row_version=1, changes={"name": "周甲"}, by=register.filer, now=NOW
    )
    with pytest.raises(ActionRefused, match="更正"):
        roll_back_import(batch=batch, by=register.filer, now=NOW)


def test_a_register_that_moved_is_judged_again(register):
    """Between preview and confirmation somebody else filed the same person."""
    batch = upload(register, [ZHOU, ("吴某某", "1990-01", "2015-11", "", "其他单位")])
    make_member(
        register.branch,
        by=register.filer,
        name="周某某",
        birth_month=date(1971, 9, 1),
        joined_month=date(1999, 12, 1),
        full_since=date(2000, 12, 1),
    )
    with pytest.raises(ActionRefused, match="重新核对"):
        confirm(register, batch)
    assert PartyMember.objects.count() == 1
    assert kinds(batch) == {2: RowKind.SAME, 3: RowKind.NEW}
    confirm(register, batch)
    assert PartyMember.objects.count() == 2


def test_heads_that_do_not_match_are_asked_for(register):
    heads = ("甲", "出生日期*", "入党时间（年月）", "乙", "组织关系所在地")
    data = workbook([ZHOU], heads)
    batch = upload_members(
        organisation=register.branch, name="a.xlsx", data=data, by=register.filer, now=NOW
    )
    assert batch.state == BatchState.CHECKED and not batch.rows.exists()
    assert batch.places == {"birth_month": 1, "joined_month": 2, "place": 4}
    with pytest.raises(ActionRefused) as refused:
        place_member_columns(batch=batch, places=batch.places, by=register.filer)
    assert refused.value.errors == {"name": ["请选择“姓名”是哪一列"]}
    twice = batch.places | {"name": 1}
    with pytest.raises(ActionRefused) as refused:
        place_member_columns(batch=batch, places=twice, by=register.filer)
    assert "同一列" in refused.value.errors["name"][0]
    place_member_columns(batch=batch, places=batch.places | {"name": 0}, by=register.filer)
    batch.refresh_from_db()
    assert batch.state == BatchState.WAITING
    running.check(MEMBERS, batch.pk)
    assert kinds(batch) == {2: RowKind.NEW}


def test_another_organisations_secretary_reaches_nothing(register):
    batch = upload(register, [ZHOU])
    assert not MemberImport.objects.visible_to(register.other_filer).exists()
    assert not MemberImport.objects.visible_to(register.secretary).exists()
    for act in (confirm_import, roll_back_import):
        with pytest.raises(NotAllowed):
            act(batch=batch, by=register.other_filer, now=NOW)
    with pytest.raises(NotAllowed):
        abandon_import(batch=batch, by=register.secretary)
    with pytest.raises(NotAllowed):  # R-R: who confirms must not file
        make_import(register.branch, [ZHOU], by=register.secretary)


def test_abandoned_batches_write_nothing(register):
    batch = upload(register, [ZHOU])
    abandon_import(batch=batch, by=register.filer)
    batch.refresh_from_db()
    assert batch.state == BatchState.ABANDONED and not batch.rows.exists()
    with pytest.raises(ActionRefused):
        confirm(register, batch)


def test_files_and_rows_go_after_a_week(register):
    old, new = upload(register, [ZHOU]), upload(register, [(*ZHOU[:3], "", "其他单位")])
    confirm(register, old)
    MemberImport.objects.filter(pk=old.pk).update(uploaded_at=NOW - timedelta(days=8))
    keeping.forget_old(MEMBERS, NOW)
    old.refresh_from_db()
    assert old.file is None and not old.rows.exists() and old.state == BatchState.DONE
    new.refresh_from_db()
    assert new.file is not None and new.rows.exists()
    assert PartyMember.objects.count() == 1


def test_the_template_has_the_heads_that_are_read(register):
    assert tuple(column.label for column in MEMBERS.columns) == HEADS
