"""系统测算分 for the committee: spread by points, list, workbook; an estimate, never a star."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.permissions import Role
from dashboards.stars.bands import UNRATED, bands
from societies.models import DisciplineClass, Federation, Society
from starrating.models import FrozenTotal, RatingEdition, TotalState, Tree
from tests.dashboards.conftest import FROZEN
from tests.factories import (
    freeze_stars,
    make_actor,
    make_edition,
    make_federation,
    make_society,
    make_standard,
)
from tests.factories.many import analyze, many_societies

SCORES = ("100", "90", "89.99", "80", "60", "59.99", "0")
LIMIT = 8


@dataclass
class Rated:
    """A federation with a score of each step, one 不予评定, one without a score."""

    federation: Federation
    standard: RatingEdition
    societies: dict[str, Society]


def give(standard, society, score, *, state=TotalState.VALUE, since=FROZEN, until=None):
    return FrozenTotal.objects.create(
        society=society,
        edition=standard,
        tree=Tree.MULTI,
        state=state,
        points=Decimal(score) / 2,
        applicable=50,
        base=score,
        bonus=0,
        deductions=0,
        score=score,
        valid_from=since,
        valid_to=until,
    )


@pytest.fixture
def rated(db, today):
    """Frozen by a night, then given scores at the edges of the steps."""
    federation = make_federation()
    make_edition(federation)
    standard = make_standard(federation)
    freeze_stars(federation, FROZEN)
    societies = {score: make_society(federation, name=f"示例{score}学会") for score in SCORES}
    for score, society in societies.items():
        give(standard, society, score)
    give(standard, make_society(federation), "95", state=TotalState.UNRATED)
    # Another day's score is not today's.
    give(standard, make_society(federation), "95", until=FROZEN + timedelta(days=1))
    return Rated(federation, standard, societies)


@pytest.fixture
def client_of(client):
    def sign_in(actor):
        client.force_login(actor.user)
        return client

    return sign_in


@pytest.fixture
def committee(rated, client_of):
    return client_of(make_actor(Role.COMMITTEE_REVIEWER, rated.federation))


def names(response):
    return [row.society.name for row in response.context["page"].object_list]


def test_steps_follow_the_standard_and_name_no_star():
    """R-STAR-08, R-STAR-09: points only; another scale gives other steps."""
    labels = [band.label for band in bands([Decimal(60), Decimal(70), Decimal(80), Decimal(90)])]
    assert labels == [
        *("90 分及以上", "80—89.99 分", "70—79.99 分", "60—69.99 分", "不足 60 分"),
        "不予评定",
    ]
    eight = bands([Decimal("12.5") * n for n in range(1, 8)])
    assert len(eight) == 9 and eight[0].label == "87.5 分及以上"
    assert not any("星" in band.label for band in eight)


def test_the_spread_counts_every_score_once(committee):
    response = committee.get(reverse("score_spread"))
    counts = {share.band.key: share.count for share in response.context["spread"].shares}
    assert counts == {"90": 2, "80": 2, "70": 0, "60": 1, "0": 2, UNRATED: 1}
    assert sum(share.percent for share in response.context["spread"].shares) == pytest.approx(100)
    # As many as the list behind each number.
    for key, count in counts.items():
        found = committee.get(reverse("scores"), {"band": key})
        assert found.context["page"].paginator.count == count, key


def test_the_list_has_the_best_first_and_the_unrated_last(committee, rated):
    response = committee.get(reverse("scores"))
    assert names(response)[:7] == [rated.societies[score].name for score in SCORES]
    assert response.context["page"].object_list[-1].said == "不予评定"
    upwards = names(committee.get(reverse("scores"), {"sort": "score"}))
    assert upwards[:7] == [rated.societies[score].name for score in reversed(SCORES)]
    html = response.content.decode()
    assert f"数据截至 {FROZEN:%Y-%m-%d}" in html and "预估" in html
    assert "95" not in [row.shown for row in response.context["page"].object_list]


def test_filters_and_search(committee, rated):
    Society.objects.filter(name="示例90学会").update(discipline_class=DisciplineClass.MEDICINE)
    Society.objects.exclude(name="示例90学会").update(discipline_class=DisciplineClass.SCIENCE)
    url = reverse("scores")
    medicine = committee.get(url, {"discipline_class": DisciplineClass.MEDICINE})
    assert names(medicine) == ["示例90学会"]
    assert names(committee.get(url, {"q": "89.99"})) == ["示例89.99学会"]
    assert names(committee.get(url, {"tree": Tree.SINGLE})) == []
    wrong = committee.get(url, {"band": "'; --"})
    assert wrong.status_code == 200 and wrong.context["page"].paginator.count == 8


def test_another_federation_is_not_seen(committee, rated, monkeypatch):
    other = make_federation()
    give(make_standard(other), make_society(other, name="外域学会"), "77")
    assert "外域学会" not in names(committee.get(reverse("scores")))
    spread = committee.get(reverse("score_spread")).context["spread"].shares
    assert sum(share.count for share in spread) == 8
    # Negative control: without visible_to it would be there.
    monkeypatch.setattr(
        "societies.access.ScopedQuerySet.visible_to", lambda self, actor: self.all()
    )
    assert "外域学会" in names(committee.get(reverse("scores")))


def test_the_workbook_holds_the_filtered_list(committee):
    response = committee.get(reverse("scores_export"), {"band": "80"})
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1][0].startswith(f"数据截至 {FROZEN}；定格数；预估")
    assert rows[2][0] == "筛选：分段：80—89.99 分"
    assert [row[:2] for row in rows[4:]] == [[89.99, "示例89.99学会"], [80, "示例80学会"]]


def test_before_the_first_night(client_of, db, today):
    committee = client_of(make_actor(Role.COMMITTEE_LEADER, make_federation()))
    assert "还没有测算分" in committee.get(reverse("scores")).content.decode()
    assert "尚无定格的测算分" in committee.get(reverse("score_spread")).content.decode()


def test_the_dashboard_asks_for_the_spread(committee):
    html = committee.get(reverse("dashboard")).content.decode()
    assert f'hx-get="{reverse("score_spread")}"' in html
    assert f'href="{reverse("scores")}"' in html


def test_the_list_takes_few_queries_whatever_its_length(committee, rated):
    def asked():
        committee.get(reverse("scores"))
        with CaptureQueriesContext(connection) as queries:
            assert committee.get(reverse("scores")).status_code == 200
        return len(queries)

    few = asked()
    for society in many_societies(rated.federation, 60):
        give(rated.standard, society, "66", since=date(2026, 1, 1))
    analyze()
    assert asked() == few <= LIMIT
