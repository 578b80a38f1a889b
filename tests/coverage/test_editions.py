"""Editions are data: loaded once, superseded, never changed (decision 7, D-12)."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from common.errors import ActionRefused
from coverage.editions import EDITIONS
from coverage.models import CoverageEdition, CoverageTarget, Indicator
from starrating.management.commands import load_editions
from tests.factories import freeze, make_edition, make_federation, make_society

pytestmark = pytest.mark.django_db
TEXT = """
federation = "own"
key = "own-1"
label = "口径一"
source = "测试"
body_kinds = ["society"]
relations = ["member"]
work_measures = ["GM03"]

[[targets]]
indicator = "ORG"
due_on = 2016-12-31
ratio = [4, 5]
source = "003§5(1)"
"""


@pytest.fixture
def file(tmp_path):
    def write(text=TEXT, name="own.toml"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def test_shipped_editions_load_and_load_again(capsys):
    cast, demo = make_federation(code="cast"), make_federation(code="demo")
    call_command("load_editions")
    call_command("load_editions")
    assert CoverageEdition.objects.count() == 4
    turn = date(2027, 1, 1)
    for edition in CoverageEdition.objects.filter(federation__in=(cast, demo)):
        # D-15: a posting is to be backed by a work record from 2027 on.
        if edition.valid_from:
            assert (edition.valid_from, edition.valid_to) == (turn, None)
            assert (edition.label, edition.work_evidence_days) == ("口径 2027 年版", 90)
        else:
            assert edition.valid_to == turn
            assert (edition.label, edition.work_evidence_days) == ("口径 2026 年版", 0)
        assert set(
            edition.targets.values_list("indicator", "due_on", "numerator", "denominator")
        ) == {
            ("ORG", date(2016, 12, 31), 4, 5),
            ("WORK", date(2016, 12, 31), 1, 1),
            ("ORG", date(2017, 6, 30), 1, 1),
            ("ORG_T1", None, 1, 1),
            ("ORG_T2", None, 1, 1),
        }
    assert not CoverageTarget.objects.filter(indicator=Indicator.ORG_T3).exists()
    assert "略过" in capsys.readouterr().out


def test_chongqing_counts_foundations_and_private_bodies():
    federation = make_federation(code="chongqing")
    EDITIONS.load_all()
    kinds = federation.coverage_editions.get(valid_from=None).body_kinds
    assert {"foundation", "private_non_enterprise"} <= set(kinds)


def test_a_changed_file_under_the_same_key_is_refused(file):
    make_federation(code="own")
    assert EDITIONS.load(file()).outcome == "已载入"
    assert EDITIONS.load(file()).outcome == "未变"
    with pytest.raises(ActionRefused, match="不能修改"):
        EDITIONS.load(file(TEXT.replace("[4, 5]", "[1, 1]")))
    assert CoverageTarget.objects.get().numerator == 4


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"society"]', '"sosiety"]', "sosiety"),
        ('key = "own-1"', "", "缺少文字 key"),
        ("[4, 5]", "[5, 4]", ":10：目标须有"),
        ("[4, 5]", "[0.8, 1]", ":10：目标须有"),
        ("2016-12-31", "'soon'", ":10：目标须有"),
        ('"GM03"', '"GM02"', "GM02"),
        ("[[targets]]", "[[targets", "TOML"),
        ("[[targets]]", "work_evidence_days = -1\n[[targets]]", "工作记录有效天数|大于"),
    ],
)
def test_a_malformed_file_is_refused_by_name(file, old, new, message):
    make_federation(code="own")
    with pytest.raises(ActionRefused, match=f"own.toml.*{message}"):
        EDITIONS.load(file(TEXT.replace(old, new)))
    assert not CoverageEdition.objects.exists()


def test_a_new_edition_supersedes_from_its_first_day(file):
    federation = make_federation(code="own")
    make_society(federation)
    EDITIONS.load(file())
    freeze(federation, date(2026, 6, 30))
    newer = TEXT.replace("own-1", "own-2").replace(
        "body_kinds", 'supersedes = "own-1"\nvalid_from = {}\nbody_kinds'
    )
    with pytest.raises(ActionRefused, match="覆盖数已定格"):
        EDITIONS.load(file(newer.format("2026-06-30"), "own-2.toml"))
    EDITIONS.load(file(newer.format("2026-07-01"), "own-2.toml"))
    used = [freeze(federation, day).edition.key for day in (date(2026, 7, 1), date(2026, 7, 2))]
    assert used == ["own-2", "own-2"]
    assert freeze(federation, date(2026, 6, 29)).edition.key == "own-1"


def test_two_editions_of_a_day_are_refused_by_the_database():
    edition = make_edition()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_edition(edition.federation)
    assert CoverageEdition.objects.count() == 1


def test_the_command_names_the_fault(monkeypatch, tmp_path):
    make_federation(code="own")
    (tmp_path / "own.toml").write_text(TEXT.replace("member", "friend"), "utf-8")
    monkeypatch.setattr(load_editions, "LOADERS", (replace(EDITIONS, folder=tmp_path),))
    with pytest.raises(CommandError, match="friend"):
        call_command("load_editions")
