"""Settings of training by years (R-TRN-01): loaded once, superseded, refused with file and line."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from common.errors import ActionRefused
from tests.factories import make_event, make_federation
from tests.training.conftest import School
from training.editions import EDITIONS, FOLDER, read
from training.models import TrainingEdition

pytestmark = pytest.mark.django_db
TEXT = (FOLDER / "cast-training-2026.toml").read_text("utf-8")


def test_the_shipped_files_load_once():
    """R-TRN-01: every number of an edition has its clause."""
    make_federation(code="cast")
    first = {loaded.key: loaded.outcome for loaded in EDITIONS.load_all()}
    assert first["cast-training-2026"] == "已载入"
    assert "略过" in first["demo-training-2026"]
    assert {loaded.outcome for loaded in EDITIONS.load_all()} >= {"未变"}
    edition = TrainingEdition.objects.get()
    assert (edition.rules.member_hours, edition.rules.officer_hours) == (32, 56)
    assert edition.clauses["member_hours"] == "《党员教育管理工作条例》第 20 条"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("member_hours = 32 ", "member_hours = 32.3 ", "member_hours 须为0.5 的倍数"),
        ("online_percent = 50 ", "online_percent = 0.5 ", "online_percent 须为整数"),
        ('daily_most = "平台约定"\n', "", "clauses 中缺少 daily_most 的依据"),
        ("day_hours = 8 ", "week_hours = 8 ", "settings 中有未知的 week_hours"),
        ('label = "', 'labels = "', "缺少文字 label"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path, old, new, said):
    path = tmp_path / "x.toml"
    assert old in TEXT
    path.write_text(TEXT.replace(old, new), "utf-8")
    with pytest.raises(ActionRefused, match=said) as refused:
        read(path)
    assert "x.toml:" in str(refused.value)


def superseding(tmp_path, begins):
    path = tmp_path / "y.toml"
    extra = f'valid_from = {begins}\nsupersedes = "cast-training-2026"\n'
    text = TEXT.replace('key = "cast-training-2026"', f'key = "y"\n{extra}')
    path.write_text(text.replace("member_hours = 32 ", "member_hours = 40 "), "utf-8")
    return path


def test_another_year_has_its_own_settings(tmp_path):
    """D-3: a new edition from 1 January; the years before keep theirs."""
    federation = make_federation(code="cast")
    EDITIONS.load_all()
    EDITIONS.load(superseding(tmp_path, date(2027, 1, 1)))
    of = TrainingEdition.objects.of
    assert [of(federation.pk, year).member_hours for year in (2026, 2027)] == [32, 40]
    assert of(make_federation().pk, 2026) is None


def test_a_year_is_not_divided(tmp_path):
    make_federation(code="cast")
    EDITIONS.load_all()
    with pytest.raises(ActionRefused, match="须自 1 月 1 日起适用"):
        EDITIONS.load(superseding(tmp_path, date(2027, 3, 1)))


def test_confirmed_hours_keep_their_settings(school: School, tmp_path, monkeypatch):
    """A year of which hours are confirmed is not set anew."""
    make_event([school.member()], date(2026, 2, 3))
    edition = school.edition
    with pytest.raises(ValidationError):
        TrainingEdition(
            federation=school.federation, key="z", label="z", source="z", clauses={}
        ).full_clean()
    assert EDITIONS.frozen_since(school.federation, date(2026, 1, 1))
    assert not EDITIONS.frozen_since(school.federation, date(2027, 1, 1))
    assert edition.rules.daily_most == 8
