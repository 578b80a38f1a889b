"""Row editors of 5.4 and 5.5: every button saves what was typed first."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from tests.factories import make_actor, make_posting, make_society, make_society_branch
from tests.factories.ledgers import make_cast, make_ledger
from tests.ledgers.pages.helpers import lock_of, save, text, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(cast, sign_in):
    return sign_in(cast.clerk)


def press(client, ledger, number, path, **changed):
    """Press a row's button: the whole form goes along."""
    lock = lock_of(client.get(url(ledger, number)))
    data = {k: v for k, v in json.loads(lock["base"]).items() if v} | lock | changed
    return client.post(path, data)


def path(name, ledger, *args):
    return reverse(f"ledgers:{name}", args=[ledger.pk, *args])


def living(ledger):
    return list(ledger.leaders.filter(removed_at__isnull=True).values_list("pk", flat=True))


def test_add_move_copy_remove_undo(clerk, draft):
    (first,) = living(draft)
    answer = press(clerk, draft, 4, path("row_add", draft, 4, 0))
    second = living(draft)[1]
    assert answer.url.endswith(f"?row={second}#r{second}")
    press(clerk, draft, 4, path("row_up", draft, 4, second))
    assert living(draft) == [second, first]
    press(clerk, draft, 4, path("row_down", draft, 4, second))
    assert living(draft) == [first, second]
    press(clerk, draft, 4, path("row_copy", draft, 4, first))
    assert draft.leaders.order_by("-pk").first().name == "赵某某"
    press(clerk, draft, 4, path("row_remove", draft, 4, first))
    page = text(clerk.get(url(draft, 4)))
    assert first not in living(draft) and "已移除 赵某某" in page
    press(clerk, draft, 4, path("row_restore", draft, 4, first))
    assert first in living(draft)


def test_a_button_keeps_what_was_typed_in_the_open_row(clerk, draft):
    (row,) = living(draft)
    press(clerk, draft, 4, path("row_add", draft, 4, 0), **{f"r{row}-name": "孙某某"})
    assert draft.leaders.get(pk=row).name == "孙某某" and len(living(draft)) == 2


def test_a_replayed_button_acts_once(clerk, draft):
    lock = lock_of(clerk.get(url(draft, 4)))
    add = path("row_add", draft, 4, 0)
    first, second = clerk.post(add, lock), clerk.post(add, lock)
    assert first.url == second.url and len(living(draft)) == 2


def test_wrong_input_in_a_row_is_explained_at_its_field(clerk, draft):
    (row,) = living(draft)
    answer = save(
        clerk, draft, 4, **{f"r{row}-term_from": "2026-02-30", f"r{row}-birth_year": "七〇"}
    )
    assert answer.status_code == 422
    body = text(answer)
    assert "任期起没有这一天，请检查日期" in body and "出生年应为四位年份，如 1968" in body
    assert 'value="2026-02-30"' in body and 'value="七〇"' in body
    assert re.search(rf'<details class="pp-row is-bad" id="r{row}" name="[^"]+" open>', body)


def test_a_row_of_another_ledger_is_refused(clerk, draft, federation):
    other = make_society(federation)
    foreign = make_ledger(other, draft.period, cast=make_cast(other))
    (row,) = living(foreign)
    answer = press(clerk, draft, 4, path("row_remove", draft, 4, row))
    assert answer.status_code == 422 and "该行已不存在" in text(answer)
    assert living(foreign) == [row]


@pytest.fixture
def bare(federation):
    """A society nothing covers: 5.5 asks for both tiers and lists a society branch."""
    society = make_society(federation, name="示例农学会")
    make_society_branch(society, name="第三专业委员会")
    cast = make_cast(society)
    return make_ledger(society, None, cast=cast), cast


def test_uncovered_tiers_appear_by_themselves(bare, sign_in, period):
    ledger, cast = bare
    page = text(sign_in(cast.clerk).get(url(ledger, 5)))
    assert page.count("未建党组织的原因与措施") == 2 and "分支机构 1 个未建" in page


WRITES = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "ledgers_')


def test_the_register_changed_and_reading_writes_nothing(bare, sign_in):
    """U-01: a unit opened after the draft is said on the page and listed by the next save."""
    ledger, cast = bare
    client, notice = sign_in(cast.clerk), "没有列入本表"
    assert notice not in text(client.get(url(ledger, 5)))
    make_society_branch(ledger.society, name="第四专业委员会")
    with CaptureQueriesContext(connection) as queries:
        page = text(client.get(url(ledger, 5)))
    assert notice in page and ledger.not_established.filter(tier=3).count() == 1
    assert not [q["sql"] for q in queries if WRITES.search(q["sql"])]
    with CaptureQueriesContext(connection) as queries:
        save(client, ledger, 5)
    assert [q["sql"] for q in queries if WRITES.search(q["sql"])]
    page = text(client.get(url(ledger, 5)))
    assert notice not in page and "分支机构 2 个未建" in page
    make_society_branch(ledger.society, name="第五专业委员会")
    save(client, ledger, 4)
    assert "分支机构 3 个未建" in text(client.get(url(ledger, 5)))


def test_readers_are_not_asked_to_list_what_is_new(bare, sign_in):
    ledger, _ = bare
    make_society_branch(ledger.society, name="第四专业委员会")
    reviewer = make_actor(Role.COMMITTEE_REVIEWER, ledger.society.federation)
    page = text(sign_in(reviewer).get(url(ledger, 5)))
    assert "没有列入本表" not in page and "分支机构 1 个未建" in page


def test_covered_tiers_need_nothing(clerk, draft):
    page = text(clerk.get(url(draft, 5)))
    assert page.count("已覆盖，无需填报") == 2 and "原因与措施" not in page


def test_measures_and_a_foreign_posting(bare, sign_in, federation):
    ledger, cast = bare
    client = sign_in(cast.clerk)
    row = ledger.not_established.filter(tier=1).get()
    measure = row.measures.get()
    own = make_posting(ledger.society, person_name="王指导")
    foreign = make_posting(make_society(federation))
    key = f"m{measure.pk}"
    save(client, ledger, 5, **{f"{key}-code": "GM03"})
    assert f"党建指导员 {own.person_name}" in text(client.get(url(ledger, 5)))
    answer = save(client, ledger, 5, **{f"{key}-posting": str(foreign.pk)})
    assert answer.status_code == 422 and "未找到有效的派驻记录" in text(answer)
    measure.refresh_from_db()
    assert measure.posting_id is None
    assert save(client, ledger, 5, **{f"{key}-posting": str(own.pk)}).status_code == 302
    measure.refresh_from_db()
    assert measure.posting_id == own.pk


def test_measure_is_added_removed_and_brought_back(bare, sign_in):
    ledger, cast = bare
    client = sign_in(cast.clerk)
    row = ledger.not_established.filter(tier=1).get()
    press(client, ledger, 5, path("row_add", ledger, 5, row.pk))
    assert row.measures.count() == 2
    last = row.measures.order_by("-pk").first()
    press(client, ledger, 5, path("measure_remove", ledger, last.pk))
    assert row.measures.filter(removed_at__isnull=True).count() == 1
    press(client, ledger, 5, path("measure_restore", ledger, last.pk))
    assert row.measures.filter(removed_at__isnull=True).count() == 2


def test_one_reason_for_many_society_branches(bare, sign_in):
    ledger, cast = bare
    client = sign_in(cast.clerk)
    row = ledger.not_established.get(tier=3)
    sent = {"branch": [str(row.pk)], "branch_reason": "NE08"}
    assert press(client, ledger, 5, path("branch_reasons", ledger), **sent).status_code == 302
    row.refresh_from_db()
    assert row.primary_reason == "NE08"
    council = ledger.not_established.get(tier=1)
    for branch, reason in ((council.pk, "NE08"), (row.pk, "NE77"), ("x", "NE08")):
        sent = {"branch": [str(branch)], "branch_reason": reason}
        assert press(client, ledger, 5, path("branch_reasons", ledger), **sent).status_code == 422
    row.refresh_from_db()
    assert row.primary_reason == "NE08"


@pytest.mark.parametrize("branch", ["²", "9" * 5000, "-1", "x"])
def test_a_branch_that_is_no_number_is_refused(clerk, draft, branch):
    answer = press(
        clerk, draft, 5, reverse("ledgers:branch_reasons", args=[draft.pk]), branch=branch
    )
    assert answer.status_code == 422 and "请勾选" in text(answer)


def test_a_button_pressed_after_a_late_autosave_still_works(clerk, draft):
    (row,) = living(draft)
    opened = lock_of(clerk.get(url(draft, 4)))
    save(clerk, draft, 4, htmx=True, **{f"r{row}-work_unit": "示例大学"})
    assert clerk.post(path("row_remove", draft, 4, row), opened).status_code == 302
    assert living(draft) == []


def test_without_the_token_a_replay_would_act_twice(clerk, draft, monkeypatch):
    """Negative control of R10."""
    monkeypatch.setattr("ledgers.views.section.run_once", lambda request, act: act())
    lock = lock_of(clerk.get(url(draft, 4)))
    for _ in range(2):
        clerk.post(path("row_add", draft, 4, 0), lock)
    assert len(living(draft)) == 3
