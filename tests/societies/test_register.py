"""The shipped register (R-FED-01 … R-FED-03, D-12, trap 21)."""

from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from common.pinyin import initials
from societies import register
from societies.models import (
    BodyKind,
    DisciplineClass,
    Federation,
    FederationRelation,
    Society,
    SocietyUnit,
    UnitKind,
)
from societies.register import SHIPPED, load_register

TODAY = date(2026, 11, 22)
CAST = SHIPPED[0]
KINDS = (BodyKind.SOCIETY, BodyKind.ASSOCIATION, BodyKind.RESEARCH_ASSOCIATION)
RELATIONS = (FederationRelation.MEMBER, FederationRelation.ENTRUSTED)


@pytest.fixture
def loaded(db):
    return load_register(CAST, today=TODAY)


def test_all_bodies_are_loaded(loaded):
    assert len(loaded.added) == Society.objects.count() == 214
    kinds = Counter(Society.objects.values_list("body_kind", flat=True))
    assert kinds[BodyKind.INTERNATIONAL] == 7
    assert kinds[BodyKind.FOUNDATION] == 2
    assert Society.objects.filter(discipline_class=DisciplineClass.UNCLASSIFIED).count() == 4


@pytest.mark.parametrize("on", [date(2016, 12, 31), date(2026, 11, 22), date(1990, 1, 1)])
def test_universe_is_205_on_every_day(loaded, on):
    universe = Society.objects.in_universe(on, KINDS, RELATIONS)
    assert universe.count() == 205
    assert Counter(universe.values_list("discipline_class", flat=True)) == {
        DisciplineClass.SCIENCE: 44,
        DisciplineClass.ENGINEERING: 77,
        DisciplineClass.AGRICULTURE: 16,
        DisciplineClass.MEDICINE: 28,
        DisciplineClass.CROSS: 40,
    }
    assert Counter(universe.values_list("relation", flat=True)) == {"member": 192, "entrusted": 13}
    assert Counter(universe.values_list("body_kind", flat=True)) == {
        BodyKind.SOCIETY: 159,
        BodyKind.ASSOCIATION: 31,
        BodyKind.RESEARCH_ASSOCIATION: 15,
    }


def test_source_marks_and_raw_relation_are_kept(loaded):
    society = Society.objects.get(name="中国数学会")
    assert (society.code, society.founded_year) == ("A-01", 1935)
    assert society.source == "published"
    assert society.founded_year_source == "general knowledge"
    assert set(Society.objects.values_list("relation_text", flat=True)) == {
        "member",
        "entrusted(W)",
        "international(G)",
        "international(new)",
    }
    assert not Society.objects.exclude(joined_on=None).exists()


def test_every_society_gets_council_and_secretariat_only(loaded):
    """R-FED-03: society branches only from facts."""
    kinds = Counter(SocietyUnit.objects.values_list("kind", flat=True))
    assert kinds == {UnitKind.COUNCIL: 214, UnitKind.SECRETARIAT: 214}


def test_running_again_changes_nothing(loaded):
    again = load_register(CAST, today=TODAY)
    assert (len(again.added), len(again.changed), len(again.unchanged)) == (0, 0, 214)
    assert set(Society.objects.values_list("row_version", flat=True)) == {1}
    assert SocietyUnit.objects.count() == 428


def test_closed_secretariat_stays_closed(loaded):
    unit = SocietyUnit.objects.filter(kind=UnitKind.SECRETARIAT).first()
    SocietyUnit.objects.filter(pk=unit.pk).update(valid_to=date(2026, 6, 30))
    load_register(CAST, today=TODAY)
    assert unit.society.units.filter(kind=UnitKind.SECRETARIAT).count() == 1


def changed_file(monkeypatch, **changes):
    """The publisher's next file: the first body with other values."""
    first, *others = register.rows_of(CAST)
    monkeypatch.setattr(register, "rows_of", lambda shipped: iter([first | changes, *others]))


def test_published_change_is_taken_over(loaded, monkeypatch):
    changed_file(monkeypatch, name="中国数学学会", founded_year=1936)
    report = load_register(CAST, today=TODAY)
    assert (report.changed, report.differences) == (["中国数学学会"], [])
    society = Society.objects.get(code="A-01")
    assert (society.founded_year, society.initials, society.row_version) == (1936, "zgsxxh", 2)


def test_reviewers_edit_is_never_overwritten(loaded, monkeypatch):
    Society.objects.filter(code="A-01").update(founded_year=1934, website="https://example.org")
    changed_file(monkeypatch, founded_year=1936)
    report = load_register(CAST, today=TODAY)
    assert report.changed == []
    assert "1934" in report.differences[0] and "1936" in report.differences[0]
    society = Society.objects.get(code="A-01")
    assert (society.founded_year, society.website) == (1934, "https://example.org")
    assert load_register(CAST, today=TODAY).differences == [], "said once"


def test_corrected_pinyin_survives_a_rename(loaded, monkeypatch):
    Society.objects.filter(code="A-01").update(initials="zgsxh2")
    changed_file(monkeypatch, name="中国数学学会")
    load_register(CAST, today=TODAY)
    assert Society.objects.get(code="A-01").initials == "zgsxh2"


def test_misread_word_is_read_rightly():
    assert initials("中国卒中学会") == "zgczxh"


def test_command_loads_both_federations(db):
    out = StringIO()
    call_command("load_register", stdout=out)
    assert "中国科协：新增 214，更新 0，不变 0" in out.getvalue()
    chongqing = Federation.objects.get(code="chongqing")
    assert not chongqing.societies.exists()
    assert not Federation.objects.filter(is_demo=True).exists()
