"""Obligations as data: loaded once, superseded, refused with file and line."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from branches.editions import EDITIONS
from branches.models import ObligationEdition, ObligationRule
from common.errors import ActionRefused
from starrating.management.commands import load_editions
from tests.factories import make_federation, make_organisation, make_society, turn_life

pytestmark = pytest.mark.django_db
TEXT = """federation = "own"
key = "own-1"
label = "要求一"
source = "测试"

[settings]
on_time_days = 15
grace_days = 10
return_workdays = 10
term_due_soon_days = 180
term_due_days = 60
together = [["theme_day", "party_lecture"]]

[[rules]]
kind = "theme_day"
types = ["branch", "joint_branch"]
period = "month"
severity = "warn"
clause = "第 16 条"

[[rules]]
kind = "heart_talk"
types = ["branch"]
condition = "branch_committee"
period = "year"
required = 3
severity = "warn"
clause = "第 19 条"
"""


@pytest.fixture
def file(tmp_path):
    def write(text=TEXT, name="own.toml"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def test_shipped_editions_load_with_one_command_and_again(capsys):
    cast = make_federation(code="cast")
    for code in ("chongqing", "demo"):
        make_federation(code=code)
    call_command("load_editions")
    call_command("load_editions")
    assert ObligationEdition.objects.count() == 3
    edition = cast.obligation_editions.get()
    days = (edition.on_time_days, edition.grace_days, edition.return_workdays)
    assert days == (15, 10, 10)
    assert (edition.term_due_soon_days, edition.term_due_days) == (180, 60)
    assert not edition.rules.filter(clause="").exists()
    assert "cast-life-2026: 未变" in capsys.readouterr().out


def test_the_local_edition_puts_duties_on_functional_branches():
    """rules §3: local edition; 002§5."""
    federation = make_federation(code="chongqing")
    EDITIONS.load_all()
    rules = ObligationRule.objects.filter(
        edition__federation=federation, organisation_type="functional_branch"
    )
    assert set(rules.values_list("kind", flat=True)) == {
        "members_congress",
        "branch_committee_meeting",
        "party_group_meeting",
        "party_lecture",
        "theme_day",
    }


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('kind = "heart_talk"', 'kind = "heart_tlk"', "own.toml:22：kind 中有未知的值"),
        ('types = ["branch"]', 'types = ["branches"]', "own.toml:23：types 中有未知的类型"),
        ('"branch_committee"', '"committee"', "own.toml:24：condition"),
        ('period = "month"', 'period = "week"', "own.toml:17：period"),
        ("required = 3", "required = 0", "own.toml:26：required"),
        ('clause = "第 19 条"', "", "own.toml:21：缺少依据"),
        ('severity = "warn"', 'severity = "high"', "own.toml:18：severity"),
        ("grace_days = 10", "grace_days = -1", "own.toml:8：settings 中 grace_days"),
        ('"party_lecture"]]', '"party_lektion"]]', "own.toml:12：together"),
        ('label = "要求一"', "", "own.toml:1：缺少文字 label"),
        ("[[rules]]", "[[rules", "own.toml:14：不是有效的 TOML"),
        ("term_due_days = 60", "term_due_days = 200", "换届到期天数"),
        ('kind = "heart_talk"', 'kind = "theme_day"', "own.toml:23：theme_day 对 branch 已有要求"),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(file, old, new, place):
    make_federation(code="own")
    with pytest.raises(ActionRefused) as refused:
        EDITIONS.load(file(TEXT.replace(old, new, 1)))
    assert place in str(refused.value)
    assert not ObligationEdition.objects.exists()


def test_a_changed_file_under_the_same_key_is_refused(file):
    make_federation(code="own")
    EDITIONS.load(file())
    with pytest.raises(ActionRefused, match=r"own.toml:2：.*不能修改"):
        EDITIONS.load(file(TEXT.replace("required = 3", "required = 2")))
    assert ObligationRule.objects.get(kind="heart_talk").required == 3


def test_an_edition_is_superseded_but_not_for_frozen_sets(file):
    federation = make_federation(code="own")
    make_organisation(make_society(federation))
    EDITIONS.load(file())
    turn_life(federation, date(2026, 4, 2), since=date(2026, 3, 1))
    newer = TEXT.replace("own-1", "own-2").replace(
        "[settings]", 'supersedes = "own-1"\nvalid_from = {}\n\n[settings]'
    )
    with pytest.raises(ActionRefused, match="已定格"):
        EDITIONS.load(file(newer.format("2026-03-01"), "two.toml"))
    EDITIONS.load(file(newer.format("2026-05-01"), "two.toml"))
    old, new = federation.obligation_editions.order_by("key")
    assert (old.valid_to, new.valid_from) == (date(2026, 5, 1), date(2026, 5, 1))


def test_the_command_names_the_fault(monkeypatch, tmp_path):
    make_federation(code="own")
    (tmp_path / "own.toml").write_text(TEXT.replace('"month"', '"week"'), "utf-8")
    monkeypatch.setattr(load_editions, "LOADERS", (replace(EDITIONS, folder=tmp_path),))
    with pytest.raises(CommandError, match="own.toml:17"):
        call_command("load_editions")
