"""Two people at one record (R8), and whatever happens one secretary on a day."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.permissions import Role
from branches.actions import (
    accept_filing,
    begin_filing,
    filing_steps,
    filings,
    save_filing,
    send_filing,
    sign_filing,
)
from branches.models import FilingKind, Post, PostFiling, PostFilingState, Term
from common.errors import ActionRefused, Conflict
from tests.branches.test_filings import NOW, ONE, SMALL, TODAY, cast_of, draft, filed, person
from tests.factories import make_actor, make_organisation, make_society


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of them got, an exception where it was refused."""
    results: list[object] = []

    def run(act):
        try:
            results.append(act())
        except (ActionRefused, Conflict) as refused:
            results.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def refused(results) -> list[object]:
    return [r for r in results if isinstance(r, Exception)]


@pytest.fixture
def cast(transactional_db):
    return cast_of(make_organisation(make_society()))


def test_two_reviewers_accept_once(cast):
    filing = filed(cast)
    federation = cast.organisation.society.federation
    other = make_actor(Role.COMMITTEE_REVIEWER, federation)
    results = at_once(
        *(
            lambda by=by: accept_filing(filing=filing, by=by, now=NOW)
            for by in (cast.reviewer, other)
        )
    )
    assert len(refused(results)) == 1
    assert (Term.objects.count(), Post.objects.count()) == (1, 1)


def test_two_clerks_save_one_draft_and_one_is_told(cast):
    filing = draft(cast)
    results = at_once(
        *(
            lambda by=by, n=n: save_filing(
                filing=filing,
                row_version=1,
                values=SMALL | {"entitled": n, "present": n},
                rows=ONE,
                by=by,
                now=NOW,
            )
            for n, by in ((5, cast.branch), (4, cast.clerk))
        )
    )
    (told,) = refused(results)
    assert isinstance(told, Conflict)
    assert PostFiling.objects.get().row_version == 2
    assert PostFiling.objects.get().seat_rows.count() == 1


def test_two_begin_and_one_filing_stands(cast):
    results = at_once(*(lambda by=by: draft(cast, by=by) for by in (cast.branch, cast.clerk)))
    (told,) = refused(results)
    assert "已有办理中的报送" in str(told)
    assert PostFiling.objects.count() == 1


def test_without_the_lock_both_would_be_accepted_or_break(cast, monkeypatch):
    """Negative control: read without a lock, the second acceptance meets the constraint at best."""
    filing = filed(cast)
    federation = cast.organisation.society.federation
    other = make_actor(Role.COMMITTEE_REVIEWER, federation)
    together = threading.Barrier(2)

    def unlocked(pk):
        row = PostFiling.objects.select_related("organisation__society", "term").get(pk=pk)
        together.wait(timeout=10)
        return row

    monkeypatch.setattr(filing_steps, "lock_filing", unlocked)
    monkeypatch.setattr(filing_steps, "lock_organisation_of", lambda filing: None)
    results = at_once(
        *(
            lambda by=by: accept_filing(filing=filing, by=by, now=NOW)
            for by in (cast.reviewer, other)
        )
    )
    told = [str(each) for each in refused(results)]
    assert not any("当前状态已变化" in words for words in told), "nobody saw the other's step"


DAYS = st.integers(0, 1500)
STEPS = st.lists(
    st.tuples(st.sampled_from(("re_election", "by_election", "removal")), DAYS), max_size=7
)


@pytest.mark.django_db
@given(steps=STEPS)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_an_organisation_never_has_two_secretaries_on_a_day(steps):
    """Elections, by-elections and removals in any order on any days: refused or consistent."""
    cast = cast_of(make_organisation(make_society()))
    for number, (kind, days) in enumerate(steps):
        _try(cast, FilingKind(kind), TODAY - timedelta(days=days), number)
    rows = list(Post.objects.filter(organisation=cast.organisation, kind="secretary"))
    edges = {day for row in rows for day in (row.valid_from, row.valid_to) if day}
    for day in edges | {day - timedelta(days=1) for day in edges}:
        standing = (r for r in rows if r.valid_from <= day and (not r.valid_to or r.valid_to > day))
        assert len(list(standing)) <= 1
    starts = [t.elected_on for t in Term.objects.filter(organisation=cast.organisation)]
    assert len(starts) == len(set(starts))


def _try(cast, kind, held_on: date, number: int) -> None:
    values = SMALL | {"held_on": held_on, "term_no": number + 1, "document_number": "3号"}
    rows: list = [person(0, "secretary", f"赵某{number}", 6)]
    if kind == FilingKind.BY_ELECTION:
        values = {name: values[name] for name in filings.VALUES[kind]}
    if kind == FilingKind.REMOVAL:
        values = {"held_on": held_on, "document_number": ""}
        posts = Post.objects.filter(organisation=cast.organisation, valid_to__isnull=True)
        rows = [{"position": n, "post": post} for n, post in enumerate(posts)]
    filing = begin_filing(
        organisation=cast.organisation, kind=kind, values=values, rows=rows, by=cast.branch, now=NOW
    )
    try:
        send_filing(filing=filing, by=cast.branch, now=NOW)
        sign_filing(filing=filing, by=cast.secretary, now=NOW)
        accept_filing(filing=filing, by=cast.reviewer, now=NOW)
    except ActionRefused:
        PostFiling.objects.filter(pk=filing.pk).update(state=PostFilingState.WITHDRAWN)
