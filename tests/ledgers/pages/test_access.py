"""Who opens which page of the ledger (roles.md §3), and how many queries each page asks."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.permissions import Role
from ledgers.models import LedgerState, LockException
from tests.factories import make_actor, make_federation, make_society
from tests.factories.ledgers import make_ledger
from tests.ledgers.pages.helpers import text, url

pytestmark = pytest.mark.django_db
BUDGET = 25


@pytest.fixture
def world(draft, cast, society, federation, sign_in):
    """One client per role; a stranger is the clerk of another federation's society."""
    actors = {
        "UC": cast.clerk,
        "US": cast.secretary,
        "CR": cast.reviewer,
        "CL": cast.leader,
        "UD": make_actor(Role.DISCIPLINE_MEMBER, society),
        "IN": make_actor(Role.INSPECTOR, society, make_society(federation)),
        "LV": make_actor(Role.LEADERSHIP_VIEWER, federation),
        "SA": make_actor(Role.SYSADMIN),
        "stranger": make_actor(Role.SOCIETY_CLERK, make_society(make_federation())),
        "elsewhere": make_actor(Role.COMMITTEE_REVIEWER, make_federation()),
    }
    return {role: sign_in(actor) for role, actor in actors.items()} | {"nobody": Client()}


READERS = {"UC": 200, "US": 200, "CR": 200, "CL": 200, "UD": 200, "IN": 200}
NOT = {"LV": 403, "SA": 403, "nobody": 302}
OUTSIDE = {"stranger": 404, "elsewhere": 404}
NONE = dict.fromkeys(("UC", "US", "CR", "CL", "UD", "IN"), 403)
GETS = {
    "section": READERS | NOT | OUTSIDE,
    "sign": NONE | {"US": 200} | NOT | {"stranger": 403, "elsewhere": 403},
    "restate": NONE | {"UC": 200} | NOT | {"stranger": 404, "elsewhere": 403},
    "review": NONE | {"CR": 200, "CL": 200} | NOT | {"stranger": 403, "elsewhere": 404},
    "period": NONE | {"CR": 200, "CL": 200} | NOT | {"stranger": 403, "elsewhere": 404},
    "list": READERS | NOT | {"stranger": 200, "elsewhere": 200},
    "periods": NONE | {"CR": 200, "CL": 200} | NOT | {"stranger": 403, "elsewhere": 200},
    "review_queue": NONE | {"CR": 200, "CL": 200} | NOT | {"stranger": 403, "elsewhere": 200},
    "lock_request": NONE | {"UC": 200} | NOT | {"stranger": 200, "elsewhere": 403},
}
POSTS = {
    "send": NONE | {"UC": 422} | NOT | {"stranger": 404, "elsewhere": 403},
    "sign": NONE | {"US": 422} | NOT | {"stranger": 403, "elsewhere": 403},
    "hand_back": NONE | {"US": 422} | NOT | {"stranger": 403, "elsewhere": 403},
    "accept": NONE | {"CR": 422} | NOT | {"stranger": 403, "elsewhere": 404},
    "return": NONE | {"CR": 422} | NOT | {"stranger": 403, "elsewhere": 404},
    "agree": NONE | {"CL": 422} | NOT | {"stranger": 403, "elsewhere": 403},
    "period_propose": NONE | {"CR": 422} | NOT | {"stranger": 403, "elsewhere": 404},
    "period_close": NONE | {"CL": 422} | NOT | {"stranger": 403, "elsewhere": 403},
}


def address(name, draft, period):
    if name in ("section", "send"):
        return url(draft, 1, name)
    if name.startswith("period") and name != "periods":
        return reverse(f"ledgers:{name}", args=[period.pk])
    if name in ("list", "periods", "review_queue", "lock_request"):
        return reverse(f"ledgers:{name}")
    return reverse(f"ledgers:{name}", args=[draft.pk])


def test_pages_by_role(world, draft, period):
    got = {
        name: {role: world[role].get(address(name, draft, period)).status_code for role in expected}
        for name, expected in GETS.items()
    }
    assert got == GETS


def test_posts_by_role_change_nothing_for_others(world, draft, period):
    """Bodies that lack only the token: the right role is asked to send again, others are out."""
    got = {
        name: {
            role: world[role].post(address(name, draft, period)).status_code for role in expected
        }
        for name, expected in POSTS.items()
    }
    assert got == POSTS
    draft.refresh_from_db()
    assert draft.state == LedgerState.DRAFT


def test_lists_show_only_the_own_scope(world, draft):
    assert draft.number in text(world["IN"].get(reverse("ledgers:list")))
    for role in ("stranger", "elsewhere"):
        assert draft.number not in text(world[role].get(reverse("ledgers:list")))
    assert "示例力学学会" not in text(world["elsewhere"].get(reverse("ledgers:review_queue")))


def test_lock_exception_of_another_society_is_not_there(world, draft, period, cast):
    row = LockException.objects.create(
        period=period,
        society=draft.society,
        reason="换届",
        until=date(2026, 9, 1),
        requested_by=cast.clerk.user,
        requested_at=period.opened_at,
    )
    page = reverse("ledgers:lock", args=[row.pk])
    seen = {role: world[role].get(page).status_code for role in ("UC", "CL", "stranger", "LV")}
    assert seen == {"UC": 200, "CL": 200, "stranger": 404, "LV": 403}


def test_every_page_asks_few_queries(
    before, society, period, cast, sign_in, django_assert_max_num_queries
):
    filed = make_ledger(society, period, cast=cast, state=LedgerState.FILED)
    reviewer, clerk = sign_in(cast.reviewer), sign_in(cast.clerk)
    pages = [(clerk, url(filed, n)) for n in range(1, 6)]
    pages += [(sign_in(cast.secretary), reverse("ledgers:sign", args=[filed.pk]))]
    pages += [(clerk, reverse("ledgers:list"))]
    tabs = ("", "staff", "leaders", "not_established")
    review = reverse("ledgers:review", args=[filed.pk])
    pages += [(reviewer, f"{review}?tab={tab}") for tab in tabs]
    pages += [(reviewer, reverse(f"ledgers:{name}")) for name in ("review_queue", "periods")]
    pages += [(reviewer, reverse("ledgers:period", args=[period.pk]))]
    for client, page in pages:
        client.get(reverse("ledgers:list"))  # the first request of a session writes it
        with django_assert_max_num_queries(BUDGET, info=page):
            assert client.get(page).status_code == 200


def test_editable_sections_ask_few_queries(
    before, draft, cast, sign_in, django_assert_max_num_queries
):
    clerk = sign_in(cast.clerk)
    clerk.get(reverse("ledgers:list"))
    for number in range(1, 6):
        with django_assert_max_num_queries(BUDGET, info=str(number)):
            assert clerk.get(url(draft, number)).status_code == 200
