"""The entry pages: messy input says what is wrong at the field, nothing typed is lost."""

import json

import pytest

from ledgers.catalogue import FIELDS
from ledgers.models import LedgerState
from tests.factories.ledgers import make_ledger
from tests.ledgers.pages.helpers import field_of, lock_of, save, send, text, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(cast, sign_in):
    return sign_in(cast.clerk)


WHOLE = "应为不小于 0 的整数，请去掉小数或负号"
BAD = [
    (2, "women", "四", f"女性{WHOLE}"),
    (2, "women", "1.5", f"女性{WHOLE}"),
    (2, "women", "-3", f"女性{WHOLE}"),
    (2, "women", "−3", f"女性{WHOLE}"),
    (2, "women", "99999999999", "女性数值过大，请核对"),
    (1, "annual_income", "约一百万", "上年度收入应为金额，如 18640200 或 18640200.50"),
    (1, "annual_income", "1.005", "上年度收入最多两位小数（精确到分）"),
    (1, "charter_date", "2026-02-30", "章程核准日期没有这一天，请检查日期"),
    (1, "charter_date", "去年", "章程核准日期应为日期，如 2026-12-31"),
    (1, "term_start", "2024-13", "本届起应为年月，如 2026-12"),
    (1, "last_annual_inspection_year", "25", "年检年度应为四位年份，如 1968"),
    (1, "support_type", "castle", "请从列表中选择挂靠类型"),
    (1, "business_normal", "maybe", "请从列表中选择业务正常开展"),
    (1, "office_address", "长" * 201, "办公地址最多 200 个字，现为 201 个"),
]


@pytest.mark.parametrize(("number", "name", "typed", "message"), BAD)
def test_wrong_input_is_explained_and_kept_as_typed(clerk, draft, number, name, typed, message):
    answer = save(clerk, draft, number, **{name: typed})
    assert answer.status_code == 422
    assert message in text(answer)
    again = clerk.get(url(draft, number))
    assert message in text(again)
    if name not in ("support_type", "business_normal"):
        assert field_of(again, name) == typed
    else:
        assert f'<option value="{typed}" selected>' in again.content.decode()


GOOD = [
    (2, "women", "１", 1),
    (1, "individual_members", "5,632", 5632),
    (1, "individual_members", "5，632", 5632),
    (1, "group_members", " 0 ", 0),
]


@pytest.mark.parametrize(("number", "name", "typed", "stored"), GOOD)
def test_numbers_as_people_write_them(clerk, draft, number, name, typed, stored):
    assert save(clerk, draft, number, **{name: typed}).status_code == 302
    row = draft.operations if number == 1 else draft.staff
    row.refresh_from_db()
    assert getattr(row, name) == stored
    assert getattr(row, f"{name}_state") == "reported"


def test_zero_blank_and_not_applicable_are_three_states(clerk, draft):
    save(clerk, draft, 1, group_members="0", awards_count="")
    save(
        clerk, draft, 1, standing_council_meetings_count="", standing_council_meetings_count_na="1"
    )
    row = draft.operations
    row.refresh_from_db()
    assert (row.group_members, row.group_members_state) == (0, "reported")
    assert (row.awards_count, row.awards_count_state) == (None, "missing")
    assert row.standing_council_meetings_count_state == "not_applicable"
    page = text(clerk.get(url(draft, 1)))
    assert (
        'id="standing_council_meetings_count" name="standing_council_meetings_count" value=""'
        in page
    )
    assert 'placeholder="不适用"' in page and 'placeholder="未报"' in page


def test_a_number_beside_the_tick_is_refused(clerk, draft):
    answer = save(clerk, draft, 2, standing_council_members="15", standing_council_members_na="1")
    assert answer.status_code == 422
    assert "已填数值，又勾选了“不适用”，请二选一" in text(answer)


def test_autosave_answers_the_status_line_only(clerk, draft):
    answer = save(clerk, draft, 2, htmx=True, women="3")
    body = text(answer)
    assert answer.status_code == 200 and body.lstrip().startswith('<span role="status"')
    assert "已自动保存" in body and "<form" not in body and "HX-Retarget" not in answer
    draft.staff.refresh_from_db()
    assert draft.staff.women == 3


def test_autosave_of_wrong_input_puts_the_table_back_with_its_message(clerk, draft):
    answer = save(clerk, draft, 2, htmx=True, women="三")
    assert answer.status_code == 422 and answer["HX-Retarget"] == "#section"
    assert f"女性{WHOLE}" in text(answer) and 'value="三"' in text(answer)


def test_a_condition_shows_and_hides_its_fields(clerk, draft):
    assert 'name="evaluation_valid_to"' not in text(clerk.get(url(draft, 1)))
    answer = save(clerk, draft, 1, htmx=True, evaluation_grade="5A")
    assert answer["HX-Retarget"] == "#section" and 'name="evaluation_valid_to"' in text(answer)
    answer = save(clerk, draft, 1, htmx=True, evaluation_grade="none")
    assert answer["HX-Retarget"] == "#section" and 'name="evaluation_valid_to"' not in text(answer)


def test_figures_of_a_secretariat_that_is_denied_stand_there_to_be_cleared(clerk, draft):
    """X-11 asks to clear them: a field that is asked about is never hidden."""
    answer = save(clerk, draft, 2, htmx=True, secretariat_exists="no")
    assert answer["HX-Retarget"] == "#section" and 'name="women"' in text(answer)
    assert text(answer).count("未设办事机构，办事机构各项应为空，请清除") > 20
    page = clerk.get(url(draft, 2))
    filled = {k for k, v in json.loads(field_of(page, "base")).items() if v}
    asked = [f.name for f in FIELDS["staff"] if f.required == "secretariat_exists"]
    assert set(asked) <= filled
    save(clerk, draft, 2, **dict.fromkeys(asked, ""))
    page = text(clerk.get(url(draft, 2)))
    assert not [name for name in asked if f'name="{name}"' in page]
    save(clerk, draft, 2, secretariat_exists="yes")
    assert 'name="women"' in text(clerk.get(url(draft, 2)))


@pytest.mark.parametrize("row", ["²", "9" * 3000, "x"])
def test_a_row_that_is_no_number_opens_none(clerk, draft, row):
    assert clerk.get(url(draft, 4), {"row": row}).status_code == 200


def test_null_characters_in_words_are_left_out(clerk, draft):
    """PostgreSQL stores none; browsers send none."""
    answer = save(clerk, draft, 2, note="新聘\x00一人")
    assert answer.status_code == 302
    assert draft.sections.get(code="staff").note == "新聘一人"


def test_the_note_names_the_limits_of_the_edition(clerk, draft):
    """R-LED-03: rules are data."""
    edition = draft.period.edition
    edition.content["change"] = {"percent": 30, "units": 5}
    edition.save()
    assert "变动超过 30% 且超过 5 的项目" in text(clerk.get(url(draft, 2)))


def test_two_tabs_on_different_fields_both_count(clerk, draft):
    first, second = clerk.get(url(draft, 2)), clerk.get(url(draft, 2))
    assert send(clerk, draft, 2, first, women="3").status_code == 302
    assert send(clerk, draft, 2, second, retired="5").status_code == 302
    draft.staff.refresh_from_db()
    assert (draft.staff.women, draft.staff.retired) == (3, 5)


def test_two_tabs_on_the_same_field_are_asked_which_to_keep(clerk, draft):
    first, second = clerk.get(url(draft, 2)), clerk.get(url(draft, 2))
    send(clerk, draft, 2, first, women="3")
    answer = send(clerk, draft, 2, second, women="5", retired="6")
    body = text(answer)
    assert answer.status_code == 409
    assert "<strong>5 人</strong>" in body and "<strong>3 人</strong>" in body
    draft.staff.refresh_from_db()
    # The field nobody else touched is saved; the other waits for the choice.
    assert (draft.staff.women, draft.staff.retired) == (3, 6)
    chosen = lock_of(answer) | {"keep-women": "mine", "mine-women": "5"}
    assert clerk.post(url(draft, 2, "resolve"), chosen).status_code == 302
    draft.staff.refresh_from_db()
    assert draft.staff.women == 5


def test_a_stale_form_without_its_texts_never_overwrites(clerk, draft):
    save(clerk, draft, 2, women="3")
    answer = clerk.post(url(draft, 2), {"row_version": "1", "women": "5"})
    assert answer.status_code == 409
    draft.staff.refresh_from_db()
    assert draft.staff.women == 3


def test_conflict_of_an_autosave_opens_the_conflict_page(clerk, draft):
    first, second = clerk.get(url(draft, 2)), clerk.get(url(draft, 2))
    send(clerk, draft, 2, first, women="3")
    answer = send(clerk, draft, 2, second, htmx=True, women="5")
    assert answer.status_code == 409 and answer["HX-Retarget"] == "#ledger-page"
    assert "请选择保留哪个值" in text(answer)


def test_large_change_asks_for_words_and_keeps_them(before, clerk, draft):
    save(clerk, draft, 1, individual_members="5600")
    page = text(clerk.get(url(draft, 1)))
    key = "V-02-operations.individual_members"
    assert "变化较大，请核对并说明原因" in page and f'name="word-{key}"' in page
    answer = save(clerk, draft, 1, **{f"shown-{key}": "1", f"word-{key}": "与另一学会合并"})
    assert answer.status_code == 302
    assert "与另一学会合并" in text(clerk.get(url(draft, 1)))
    assert draft.change_notes.get(field="individual_members").text == "与另一学会合并"


def test_warning_is_ticked_and_unticked(clerk, draft):
    save(clerk, draft, 1, business_normal="no")
    page = text(clerk.get(url(draft, 1)))
    key = "O-15-operations.business_normal"
    assert f"tick-{key}" in page
    save(clerk, draft, 1, **{f"shown-{key}": "1", f"tick-{key}": "1", f"word-{key}": "筹备换届"})
    assert draft.confirmations.get(code="O-15").note == "筹备换届"
    save(clerk, draft, 1, **{f"shown-{key}": "1"})
    assert not draft.confirmations.filter(code="O-15").exists()


def test_prefilled_values_name_source_and_day(before, clerk, draft):
    page = text(clerk.get(url(draft, 1)))
    assert "其余预填项沿用 2025 年下半年" in page
    assert "无变化" in page and "已报零" in page


def test_readers_see_values_without_controls(draft, cast, sign_in):
    page = text(sign_in(cast.reviewer).get(url(draft, 2)))
    assert (
        'name="women"' not in page and "女性" in page and "送审签" not in page.split("办理流程")[0]
    )


def test_accepted_version_cannot_be_changed(society, period, cast, sign_in):
    ledger = make_ledger(society, period, cast=cast, state=LedgerState.ACCEPTED)
    client = sign_in(cast.clerk)
    assert 'name="women"' not in text(client.get(url(ledger, 2)))
    answer = client.post(url(ledger, 2), {"row_version": "1", "women": "5"})
    assert answer.status_code == 422 and "不能修改" in text(answer)
    ledger.staff.refresh_from_db()
    assert ledger.staff.women == 4


def test_typed_markup_is_shown_as_text(clerk, draft):
    save(clerk, draft, 1, office_address="<script>alert(1)</script>", note="<b>粗</b>")
    page = clerk.get(url(draft, 1)).content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
    assert "<b>粗" not in page


def test_without_the_search_for_clashes_the_later_tab_would_win(clerk, draft, monkeypatch):
    """Negative control of the conflict page."""
    monkeypatch.setattr("ledgers.forms.saving.find_clashes", lambda *args: [])
    first, second = clerk.get(url(draft, 2)), clerk.get(url(draft, 2))
    send(clerk, draft, 2, first, women="3")
    assert send(clerk, draft, 2, second, women="5").status_code == 302
    draft.staff.refresh_from_db()
    assert draft.staff.women == 5
