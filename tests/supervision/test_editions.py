"""Checklists are data (R-SUP-04, R-SUP-06, D-3): what is wrong is refused with file and line."""

import shutil

import pytest
from django.db import IntegrityError, transaction

from common.errors import ActionRefused
from supervision import editions
from supervision.models import ChecklistEdition, ChecklistItem, SeverityRule
from tests.factories import make_checklist, make_federation

pytestmark = pytest.mark.django_db
SHIPPED = ("cast", "chongqing", "demo")
EDITION, ITEMS = "checklist-cast-2026.toml", "trees/checklist-2026.toml"

GRAVE = '[[severities]]\nseverity = "grave"'
TWICE = 'code = "1.1"\nhead = "学习宣传贯彻"\ntitle = "第一'
# file, old text, new text, the text on whose line the fault is told, its words.
FAULTS = [
    (EDITION, 'label = "检查清单 2026 年版"', 'label = ""', 'label = ""', "label 须为文字"),
    (EDITION, "[settings]", "colour = 1\n[settings]", "colour = 1", "未知的字段 colour"),
    (EDITION, "[settings]", "valid_from = 2026\n[settings]", "valid_from", "须为日期"),
    (EDITION, "notice_workdays = 3", "notice_workdays = 0", "notice_workdays", "大于 0 的整数"),
    (EDITION, "cycle_years = 3", "years = 3", "years = 3", "未知的字段 years"),
    (EDITION, '["member", "entrusted"]', '["friend"]', "relations", "须为已知值的列表"),
    (EDITION, '"grave"', '"serious"', "[[severities]]", "须依次为"),
    (EDITION, "plan_days = 10", "plan_days = true", "plan_days = true", "大于 0 的整数"),
    (
        EDITION,
        "most_days = 180",
        "finish_days = 9\nmost_days = 180",
        '[[severities]]\nseverity = "grave"',
        "只写一项",
    ),
    (EDITION, "measure_days = 7", "measure = 7", "measure = 7", "未知的字段 measure"),
    (
        ITEMS,
        'code = "1.2"',
        'code = "1.1"',
        'code = "1.1"\nhead = "学习宣传贯彻"\ntitle = "第一',
        "重复",
    ),
    (ITEMS, 'prefill = "term"', 'prefill = "years"', 'prefill = "years"', "没有名为 'years'"),
    (ITEMS, 'title = "场所"\n', "", '[[items]]\ncode = "8.3"', "缺少文字 title"),
    (ITEMS, 'title = "场所"', 'title = "场所"\nscore = 2', "score = 2", "未知的字段 score"),
    (ITEMS, 'title = "场所"', 'title = "场所"\nguidance = 2', "guidance = 2", "guidance 须为文字"),
]


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(editions.FOLDER, tmp_path / "editions")
    return tmp_path / "editions"


@pytest.mark.parametrize(("name", "old", "new", "at", "words"), FAULTS)
def test_a_fault_is_told_with_file_and_line(folder, name, old, new, at, words):
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")
    line = text[: text.index(at)].count("\n") + 1
    with pytest.raises(ActionRefused, match=words) as refused:
        editions.read(folder / EDITION)
    assert f"{path.name}:{line}：" in str(refused.value)


def test_a_missing_file_of_items_is_told(folder):
    (folder / ITEMS).unlink()
    with pytest.raises(ActionRefused, match="没有检查项文件"):
        editions.read(folder / EDITION)


@pytest.mark.parametrize("code", SHIPPED)
def test_the_shipped_checklist_says_what_the_rule_says(code):
    """R-SUP-04: eight heads, 33 items; R-SUP-06: 10/7/3, 30/60/≤ 180, 7, 15 days."""
    federation = make_federation(code=code)
    found = editions.EDITIONS.load(editions.FOLDER / f"checklist-{code}-2026.toml")
    assert found.outcome == "已载入"
    edition = ChecklistEdition.objects.get(federation=federation)
    items = ChecklistItem.objects.filter(edition=edition)
    assert items.count() == 33
    assert len(dict.fromkeys(items.values_list("head", flat=True))) == 8
    assert items.get(code="2.6").title == "三会一课"
    days = ("severity", "plan_days", "finish_days", "most_days", "measure_days", "extension_most")
    assert set(SeverityRule.objects.filter(edition=edition).values_list(*days)) == {
        ("general", 10, 30, None, None, 15),
        ("serious", 7, 60, None, None, 15),
        ("grave", 3, None, 180, 7, 15),
    }
    assert editions.EDITIONS.load(editions.FOLDER / f"checklist-{code}-2026.toml").outcome == "未变"


def test_a_loaded_checklist_is_superseded_never_changed(folder):
    federation = make_federation(code="cast")
    editions.EDITIONS.load(folder / EDITION)
    items = folder / ITEMS
    items.write_text(items.read_text("utf-8").replace("场所", "活动场所"), "utf-8")
    with pytest.raises(ActionRefused, match="不能修改；请用新的 key"):
        editions.EDITIONS.load(folder / EDITION)
    head = 'key = "later"\nsupersedes = "checklist-cast-2026"\nvalid_from = 2027-01-01'
    text = (folder / EDITION).read_text("utf-8")
    (folder / "later.toml").write_text(text.replace('key = "checklist-cast-2026"', head), "utf-8")
    editions.EDITIONS.load(folder / "later.toml")
    rows = ChecklistEdition.objects.filter(federation=federation).order_by("valid_from")
    assert [str(row.valid_to) for row in rows] == ["None", "2027-01-01"]


def test_two_checklists_never_hold_on_one_day():
    federation = make_federation()
    make_checklist(federation)
    with pytest.raises(ActionRefused, match="有效期与已有记录重叠"):
        make_checklist(federation)


def test_a_severity_says_when_to_finish():
    edition = make_checklist(make_federation())
    rule = SeverityRule.objects.filter(edition=edition, severity="grave")
    with pytest.raises(IntegrityError), transaction.atomic():
        rule.update(most_days=None)
    assert rule.get().most_days == 180
