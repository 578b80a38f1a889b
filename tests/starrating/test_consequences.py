"""R-STAR-07: a second round ends the titles of the first; two weak years have consequences."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import PostingKind
from starrating import consequences, desk
from starrating.actions import compute_round
from starrating.models import EntryState, Outcome, RatingEntry, StarAward
from tests.factories import make_posting
from tests.factories.coverage import at
from tests.factories.rounds import YEAR, finalise, make_round, post
from tests.starrating.test_round_places import rate
from tests.starrating.test_round_titles import open_year

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
AGAIN = date(2027, 6, 1)


@pytest.fixture
def world():
    """2025: two stars, three stars, two stars; the first society is weak once more in 2026."""
    found = make_round(3)
    rate(found, 65, 75, 65)
    post(found)
    finalise(found)
    return found


def decide(world, *stars):
    """The round of the year after, decided with these stars; None: without stars."""
    following = open_year(world, YEAR + 1)
    compute_round(chosen=following, now=at(date(2027, 2, 1)))
    for society, each in zip(world.societies, stars, strict=True):
        RatingEntry.objects.filter(round=following, society=society).update(
            outcome=Outcome.ABSENT if each is None else Outcome.RATED if each else Outcome.VETOED,
            entitled=each or None,
            stars=each,
            state=EntryState.FINAL,
            publicity_from=date(2027, 4, 1),
            publicity_until=date(2027, 4, 8),
        )
    following.finalised_by, following.finalised_at = world.cast.leader.user, at(AGAIN)
    following.document_number = "9号"
    following.save()
    return following


def test_two_weak_years_in_a_row_are_named(world):
    """Below three stars twice; a strong year or none between, or no stars at all, is not."""
    following = decide(world, 1, 1, 2)
    by = world.cast.reviewer
    found = consequences.consequences(by, following, AGAIN)
    assert [(weak.entry.society, weak.before, weak.entry.stars) for weak in found] == [
        (world.societies[0], 2, 1),
        (world.societies[2], 2, 2),
    ]
    assert not consequences.consequences(by, world.fresh(), AGAIN)


def test_a_veto_counts_and_no_stars_do_not(world):
    """Vetoed is no star; 不定星 says nothing of stars."""
    following = decide(world, 0, 0, None)
    found = consequences.consequences(world.cast.reviewer, following, AGAIN)
    assert [weak.entry.society for weak in found] == [world.societies[0]]


def test_the_reviewer_is_asked_for_a_contact_person(world, monkeypatch):
    """On desk and round page until a 党建联络员 is posted; the society reads it on its own page."""
    monkeypatch.setattr("common.clock.now", lambda: at(AGAIN))
    following = decide(world, 1, 3, 3)
    by, weak = world.cast.reviewer, world.societies[0]
    titles = [task.title for task in desk.reviewer(by, AGAIN)]
    assert titles == [f"确定联系人 1 家：{following}"]
    browser = Client()
    browser.force_login(by.user, BACKEND)
    page = browser.get(reverse("starrating:round", args=[following.pk])).content.decode()
    assert "连续两年低于三星" in page
    assert reverse("branches:posting_enter", args=[weak.pk]) in page
    make_posting(weak, kind=PostingKind.LIAISON, person_name="邹某联", valid_from=AGAIN)
    assert desk.reviewer(by, AGAIN) == []
    assert (
        "邹某联" in browser.get(reverse("starrating:round", args=[following.pk])).content.decode()
    )
    own = Client()
    entry = RatingEntry.objects.get(round=following, society=weak)
    own.force_login(world.cast.clerk(entry).user, BACKEND)
    assert (
        "连续两年低于三星" in own.get(reverse("starrating:entry", args=[entry.pk])).content.decode()
    )


def test_a_second_round_ends_the_titles_of_the_first(world):
    """Official until the next round; history stays (R-STAR-07)."""
    first = StarAward.objects.filter(round=world.round)
    assert set(first.values_list("state", flat=True)) == {StarAward.State.OFFICIAL}
    world.round = open_year(world, YEAR + 1)
    compute_round(chosen=world.round, now=at(date(2027, 2, 1)))
    for number in range(3):
        entry = world.entry(number)
        RatingEntry.objects.filter(pk=entry.pk).update(
            state=EntryState.PUBLICITY,
            outcome=Outcome.ABSENT,
            publicity_from=date(2027, 4, 1),
            publicity_until=date(2027, 4, 8),
        )
    before = list(first.values_list("society", "stars").order_by("pk"))
    finalise(world, at(AGAIN), "科社党〔2027〕8号")
    assert set(first.values_list("state", "valid_to")) == {(StarAward.State.ENDED, AGAIN)}
    assert list(first.values_list("society", "stars").order_by("pk")) == before
