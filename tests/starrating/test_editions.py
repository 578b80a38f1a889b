"""Rating editions are data (R-STAR-09): what is wrong is refused with file and line."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from common.errors import ActionRefused
from coverage.models import NightRun, NightState, NightStep
from starrating import editions
from starrating.editions.checks import check_trees
from starrating.formulas import FORMULAS
from starrating.formulas.base import ParamError, typed
from starrating.models import Criterion, RatingEdition, StarThreshold
from tests.factories import at, make_federation, make_standard
from tests.starrating.conftest import EDITIONS

TEXT = (EDITIONS / "eight.toml").read_text("utf-8")
B1 = '[[criteria]]\ncode = "B1"'


def given(row):
    """A line supplied by the edition, before its thresholds."""
    return "[[thresholds]]", f"[[supplied]]\n{row}\n\n[[thresholds]]"


# old text, new text, the part of the new text on whose line the fault is told, its words.
FAULTS = [
    # The edition's own settings.
    ('key = "eight"', 'key = ""', 'key = ""', "key 须为文字"),
    ('source = "测试"\n', "", "# Eight stars", "source 须为文字"),
    ("max_stars = 8", "max_stars = 0", "max_stars = 0", "1 至 20"),
    ("max_stars = 8", 'max_stars = "8"', 'max_stars = "8"', "1 至 20"),
    ("rise_limit = 2", "rise_limit = true", "rise_limit = true", "1 至 20"),
    ("min_applicable = 50", "min_applicable = 101", "min_applicable = 101", "0 至 100"),
    ("bonus_cap = 5", "bonus_cap = -1", "bonus_cap = -1", "0 至 100"),
    ('["committee", ', '["party_group", ', "multi_types", "党组织类型"),
    ("rise_limit = 2", "rise_limit = 2\nvalid_from = 2026", "valid_from = 2026", "须为日期"),
    ("rise_limit = 2", "rise_limit = 2\ncolour = 1", "colour = 1", "未知的字段 colour"),
    # Thresholds, floors, quotas.
    ("score = 90\n", "score = 96\n", "score = 96", "更低"),
    ("score = 60\n", "score = 0\n", "score = 0", "0 至 100"),
    ("score = 60\n", 'score = "60"\n', 'score = "60"', "0 至 100"),
    ("stars = 2\nscore = 60", "stars = 1\nscore = 60", "[[thresholds]]", "依次各一项"),
    ("[[thresholds]]\nstars = 8\nscore = 95\n", "", "[[thresholds]]", "从 8 星到 2 星"),
    ("stars = 8\nscore = 95", "stars = 8\nscore = 95\nfor = 1", "for = 1", "未知的字段 for"),
    ("share = 0.6", "share = 1.6", "share = 1.6", "0 至 1"),
    ("share = 0.6", 'share = 0.6\nline = "F1"', "[[floors]]", "只写一项"),
    ("share = 0.6", 'line = "F9"', 'line = "F9"', "没有指标 'F9'"),
    ("stars = 8\nshare", "stars = 9\nshare", "stars = 9", "2 至 max_stars"),
    ("ratio = [1, 10]", "ratio = [11, 10]", "ratio = [11, 10]", "两个整数"),
    ("ratio = [1, 10]", "ratio = 0.1", "ratio = 0.1", "两个整数"),
    ("ratio = [1, 5]", "ratio = [1, 20]", "ratio = [1, 20]", "逐级增大"),
    # Vetoes and adjustments.
    ('kind = "decision"', 'kind = "verdict"', 'kind = "verdict"', "未知的值 'verdict'"),
    ('kind = "decision"', 'kind = "decision"\nformula = "no_life"', '"no_life"', "没有算法"),
    ('"nothing_in_place"', '"nobody"', '"nobody"', "没有名为 'nobody'"),
    ('code = "V8"', 'code = "V1"', 'code = "V1"\nkind = "decision"', "重复：V1"),
    ('title = "年检不合格"\n', "", '[[vetoes]]\ncode = "V8"', "缺少文字 title"),
    ('kind = "bonus"', 'kind = "gift"', 'kind = "gift"', "未知的值 'gift'"),
    ("points = 3", "points = 0", "points = 0", "大于 0"),
    ("points = 3", "points = 3\nmost = -1", "most = -1", "大于 0"),
    ("points = 3", 'points = 3\nformula = "no_life"', 'formula = "no_life"', "不写算法"),
    ("points = 3", "points = 3\nsupplied = true", 'code = "P1"', "没有名为 ''"),
    ('code = "P1"', 'code = "B1"', 'code = "B1"\nkind = "bonus"', "code 与指标重复：B1"),
    # What the edition supplies of its trees.
    (*given('code = "B1"\nformula = "charter"'), 'code = "B1"\nformula', "没有尚无数据来源"),
    (*given('code = "F1"\nformula = "charta"'), 'formula = "charta"', "没有名为 'charta'"),
    (*given('code = "F1"\nformula = "charter"\nna_rule = 1'), "na_rule = 1", "须为文字"),
    (*given('code = "F1"\nformula = "charter"\nmulti = 1'), "multi = 1", "未知的字段 multi"),
    # Trees.
    ("multi = 10\nsingle = 20", "multi = 11\nsingle = 20", B1, "multi 各项分值之和为 101"),
    ("multi = 20\nsingle = 10", "multi = 20", B1, "single 各项分值之和为 90"),
    ("multi = 10\nsingle = 20", "multi = -10\nsingle = 20", "multi = -10", "大于 0"),
    ("multi = 10\nsingle = 20\n", "", 'code = "B1"', "须写明 multi 或 single"),
    ('category = "F"', 'category = "X"', 'category = "X"', "没有类别 'X'"),
    ('code = "F1"', 'code = "B1"', 'code = "B1"\ncategory = "F"', "重复：B1"),
    ('advice = "申报项目"', "advice = 1", "advice = 1", "缺少文字 advice"),
    ('advice = "申报项目"', 'advice = "申"\nweight = 2', "weight = 2", "未知的字段 weight"),
    ('na_rule = "没有应报的台账"', "na_rule = 1", "na_rule = 1", "na_rule 须为文字"),
    ('code = "F"\ntitle = "服务"', 'code = "F"\nname = "服务"', "name = ", "未知的字段 name"),
    # Formulas and their parameters.
    ('formula = "charter"', 'formula = "charta"', 'formula = "charta"', "没有名为 'charta'"),
    ("supplied = false", 'supplied = "no"', 'supplied = "no"', "true 或 false"),
    ("supplied = false", 'supplied = false\nformula = "x"', 'formula = "x"', "不写算法"),
    ("weights = [4, 3, 3]", "weights = [4, 3]", "weights = [4, 3]", "不合要求"),
    ("weights = [4, 3, 3]", "weights = [4, 3, -3]", "weights = [4, 3, -3]", "不合要求"),
    ("weights = [4, 3, 3]", 'weights = "433"', 'weights = "433"', "不合要求"),
    ("weights = [4, 3, 3]", "weights = [0, 0, 0]", "weights = [0, 0, 0]", "大于 0"),
    ("weights = [4, 3, 3]", "weight = 1", "weight = 1", "未知的参数 weight"),
    ("params = { weights = [4, 3, 3] }\n", "", B1, "缺少参数 weights"),
    ('"staff", "members"]', '"staff", "persons"]', '"persons"', "未知的值"),
]


def written(folder, text):
    path = folder / "wrong.toml"
    path.write_text(text, "utf-8")
    return path


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(("old", "new", "place", "words"), FAULTS)
def test_what_is_wrong_is_refused_with_file_and_line(old, new, place, words, tmp_path):
    assert TEXT.count(old) >= 1
    text = TEXT.replace(old, new, 1)
    with pytest.raises(ActionRefused) as refused:
        editions.read(written(tmp_path, text))
    faults = str(refused.value).split("；")
    mine = [fault for fault in faults if words in fault]
    assert mine, faults
    assert mine[0].startswith(f"wrong.toml:{line_of(text, place)}：")


def test_a_tree_that_nothing_supplies_is_refused(tmp_path):
    """No night could say of which tree a society is."""
    before, rest = TEXT.split("[[criteria]]", 1)
    lines = [line for line in rest.splitlines() if not line.startswith(("params", "supplied"))]
    rest = re.sub(r'formula = ".*"', "supplied = false", "\n".join(lines))
    rest = rest.replace("multi = 10\nsingle = 10\n", "multi = 10\nsingle = 10\nsupplied = false\n")
    with pytest.raises(ActionRefused) as refused:
        editions.read(written(tmp_path, f"{before}[[criteria]]{rest}"))
    for tree in ("multi", "single"):
        assert f"{tree} 没有任何已有数据来源的指标" in str(refused.value)


def test_every_fault_is_told_at_once(tmp_path):
    text = TEXT.replace("max_stars = 8", "max_stars = 0").replace('"charter"', '"charta"')
    with pytest.raises(ActionRefused) as refused:
        editions.read(written(tmp_path, text))
    assert {"max_stars", "charta"} <= {
        word for word in ("max_stars", "charta") if word in str(refused.value)
    }


def test_what_is_no_toml_is_refused_with_its_line(tmp_path):
    with pytest.raises(ActionRefused, match=r"wrong\.toml:2："):
        editions.read(written(tmp_path, 'key = "a"\nlabel = \n'))


def test_a_missing_file_of_trees_is_refused(tmp_path):
    text = 'trees = "nowhere"\n' + TEXT
    with pytest.raises(ActionRefused, match=r"wrong\.toml:1：没有指标树文件 trees/nowhere\.toml"):
        editions.read(written(tmp_path, text))


def test_faults_of_shared_trees_name_the_trees(tmp_path):
    head, trees = TEXT.split("[[categories]]", 1)
    (tmp_path / "trees").mkdir()
    shared = "[[categories]]" + trees.replace("multi = 10\n", "multi = 12\n", 1)
    (tmp_path / "trees" / "mine.toml").write_text(shared, "utf-8")
    with pytest.raises(ActionRefused, match=r"mine\.toml:\d+：multi 各项分值之和为 102"):
        editions.read(written(tmp_path, 'trees = "mine"\n' + head))


def test_the_shipped_editions_have_no_fault():
    for path in sorted(Path(editions.FOLDER).glob("*.toml")):
        assert not list(check_trees(editions.read(path).trees))


# What was loaded somewhere is never changed there: these are the digests it is known by.
KNOWN = {
    "star-start": "5f1e98edc13f188025c4189c2e5203d2feb00e8136c46937a9e5f207748c0cb5",
    "star-trial-2024": "f18da829cadd52b6612074c79c4bacd4ebc0094fe2aba06a6ae2e0cf6fbef003",
    "star-soc-1": "5df3c8343b2c60b0d5d92ac7e379e5fd853099dc16a36ef8776425f35936e48f",
}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_an_edition_in_use_never_changes(name):
    """D-5: a digest that differs would be refused where the edition is loaded."""
    assert editions.read(Path(editions.FOLDER) / f"{name}.toml").digest == KNOWN[name]


def test_the_second_start_supplies_what_the_first_lacked():
    """The same points; G4, D1, D2 have a formula by now, E3 also heeds what spot checks find."""
    one, two = (editions.read(Path(editions.FOLDER) / f"star-start{n}.toml") for n in ("", "-2"))
    assert one.trees.data == two.trees.data
    changed = [new for old, new in zip(one.criteria, two.criteria, strict=True) if old != new]
    assert [row["code"] for row in changed] == ["D1", "D2", "E3", "G4"]
    assert all(row.get("supplied", True) and row["na_rule"] for row in changed)
    (was,) = [row for row in one.criteria if row["code"] == "E3"]
    assert changed[2] == was | {
        "params": was["params"] | {"items": ["7.1", "7.2"]},
        "na_rule": changed[2]["na_rule"],
        "advice": changed[2]["advice"],
    }
    assert two.data["min_applicable"] == one.data["min_applicable"] == 50


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('code = "F1"', "没有已有数据来源的指标 'F1'"),
        ('code = "E3"\nformula = "charter"', "未知的字段 formula"),
        ('code = "E3"\nparams = { per_mismatch = [1, 4] }', "缺少参数 sections"),
        ('code = "E3"\nadvice = 1', "advice 须为文字"),
        ('code = "E3"\n[[amended]]\ncode = "E3"', "code 重复：E3"),
    ],
)
def test_what_an_edition_amends_is_checked(tmp_path, row, words):
    text = (Path(editions.FOLDER) / "star-start.toml").read_text("utf-8")
    (tmp_path / "trees").mkdir()
    shared = editions.FOLDER / "trees" / "society-2026.toml"
    (tmp_path / "trees" / "society-2026.toml").write_text(shared.read_text("utf-8"), "utf-8")
    with pytest.raises(ActionRefused, match=words):
        editions.read(written(tmp_path, f"{text}\n[[amended]]\n{row}\n"))


@pytest.fixture
def demo():
    federation = make_federation(code="demo")
    for name in ("star-start", "star-trial-2024"):
        assert editions.EDITIONS.load(editions.FOLDER / f"{name}.toml").outcome == "已载入"
    return federation


@pytest.mark.django_db
def test_a_new_demonstration_takes_the_new_edition(demo):
    loaded = editions.EDITIONS.load(editions.FOLDER / "star-start-2.toml")
    assert loaded.outcome == "已载入"
    found = RatingEdition.objects.filter(federation=demo)
    assert found.valid_on(date(2026, 6, 30)).get().key == "star-start"
    assert found.valid_on(date(2026, 7, 1)).get().key == "star-start-2"
    assert {each.outcome for each in editions.EDITIONS.load_all()} >= {"未变"}


@pytest.mark.django_db
def test_where_days_are_frozen_the_old_edition_stays_in_force(demo, tmp_path):
    """D-5: an installation that ran before it starts as ever, and nothing frozen changes."""
    NightRun.objects.create(
        federation=demo,
        step=NightStep.STARS,
        on=date(2026, 7, 1),
        state=NightState.DONE,
        started_at=at(date(2026, 7, 2)),
        computed_at=at(date(2026, 7, 2)),
        finished_at=at(date(2026, 7, 2)),
    )
    path = editions.FOLDER / "star-start-2.toml"
    assert editions.EDITIONS.load(path).outcome.endswith("已定格，沿用原标准，略过")
    assert "load" not in {e.outcome for e in editions.EDITIONS.load_all()}
    old = RatingEdition.objects.get(federation=demo, valid_to=None)
    assert old.key == "star-start"
    (tmp_path / "trees").mkdir()
    shared = editions.FOLDER / "trees" / "society-2026.toml"
    (tmp_path / "trees" / "society-2026.toml").write_text(shared.read_text("utf-8"), "utf-8")
    for said, words in (("", "已定格，不能改用新标准"), ('if_frozen = "drop"', "keep 或 refuse")):
        text = path.read_text("utf-8").replace('if_frozen = "keep"', said)
        with pytest.raises(ActionRefused, match=words):
            editions.EDITIONS.load(written(tmp_path, text))


@pytest.mark.django_db
def test_eight_stars_load_without_code():
    """R-STAR-09, trap 16."""
    standard = make_standard(make_federation(), "eight", EDITIONS)
    assert standard.max_stars == 8
    levels = StarThreshold.objects.filter(edition=standard).order_by("-stars")
    assert list(levels.values_list("stars", "score"))[0] == (8, Decimal(95))
    assert levels.count() == 7
    assert Criterion.objects.filter(edition=standard).count() == 12


@pytest.mark.django_db
def test_a_refused_edition_leaves_nothing(tmp_path):
    federation = make_federation(code="own")
    text = TEXT.replace('"nowhere"', '"own"')
    with pytest.raises(ActionRefused):
        editions.EDITIONS.load(written(tmp_path, text.replace("score = 90", "score = 99")))
    assert not RatingEdition.objects.filter(federation=federation).exists()
    editions.EDITIONS.load(written(tmp_path, text))
    assert RatingEdition.objects.get(federation=federation).label == "STAR-EIGHT"


def test_parameters_become_their_dataclass():
    weights = typed(FORMULAS["tier_coverage"].params, {"weights": [4, 3, 3]})
    assert weights.weights == (4, 3, 3)
    with pytest.raises(ParamError, match="缺少参数 kinds"):
        typed(FORMULAS["compliance"].params, {})
    with pytest.raises(ParamError, match="不合要求"):
        typed(FORMULAS["compliance"].params, {"kinds": []})
    with pytest.raises(ParamError, match="不合要求"):
        typed(FORMULAS["first_topic"].params, {"kind": "committee_meeting", "grace_days": True})
