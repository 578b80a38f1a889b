"""roles.md §3: a restatement and a lock exception are filed by UC, signed by US, reviewed by CR and
decided by CL, four different users (R-ROLE-02); the actions refuse everybody else."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.transaction import atomic

from accounts.permissions import Role
from common.errors import NotAllowed
from ledgers import actions, desk, states
from ledgers.models import Ledger, LedgerState, LockException
from tests.factories import make_actor, make_ledger, make_period, make_society
from tests.factories.ledgers import AS_OF, answer_warnings, moment, save, ticks

pytestmark = pytest.mark.django_db
NOW, LATE = moment(AS_OF), moment(date(2026, 9, 1))
COLUMNS = ("clerk", "secretary", "reviewer", "leader")


@pytest.fixture
def people(society, cast):
    """One actor for each role that opens ledgers, and a clerk and a reviewer from outside."""
    federation = society.federation
    stranger = make_society()
    return {name: getattr(cast, name) for name in COLUMNS} | {
        "discipline": make_actor(Role.DISCIPLINE_MEMBER, society),
        "inspector": make_actor(Role.INSPECTOR, society),
        "neighbour": make_actor(Role.SOCIETY_CLERK, make_society(federation)),
        "elsewhere": make_actor(Role.COMMITTEE_REVIEWER, stranger.federation),
        "leader elsewhere": make_actor(Role.COMMITTEE_LEADER, stranger.federation),
    }


class Restatement:
    """Each verb of a 更正, in order."""

    def __init__(self, society, cast, period):
        self.row = make_ledger(society, period, cast=cast, state=LedgerState.ACCEPTED)
        self.cast = cast
        self.verbs = (self.ask, self.sign, self.review, self.decide)

    def ask(self, by):
        copy = actions.restate(ledger=self.row, reason="收入漏计", by=by, now=NOW)
        save(copy, "operations", {"annual_income": "2000000"}, self.cast.clerk, NOW)
        answer_warnings(copy, self.cast.clerk, NOW)
        self.row = actions.send_for_signature(ledger=copy, by=self.cast.clerk, now=NOW)

    def sign(self, by):
        actions.sign_and_file(ledger=self.row, ticks=ticks(self.row), by=by, now=NOW)

    def review(self, by):
        actions.accept(ledger=self.row, by=by, now=NOW)

    def decide(self, by):
        actions.decide_restatement(ledger=self.row, agreed=True, by=by, now=NOW)

    def standing(self):
        return list(Ledger.objects.order_by("version").values_list("version", "state"))


class Lock:
    """Each verb of a lock exception, in order."""

    def __init__(self, society, cast, period):
        self.society, self.period = society, period
        self.verbs = (self.ask, self.sign, self.review, self.decide)

    def ask(self, by):
        self.row = actions.request_lock_exception(
            society=self.society,
            period=self.period,
            reason="换届交接",
            until=LATE.date() + timedelta(days=9),
            by=by,
            now=LATE,
        )

    def sign(self, by):
        actions.countersign_lock(exception=self.row, by=by, now=LATE)

    def review(self, by):
        actions.review_lock(exception=self.row, by=by, now=LATE)

    def decide(self, by):
        actions.grant_lock(exception=self.row, by=by, now=LATE)

    def standing(self):
        return list(LockException.objects.values_list("state", flat=True))


@pytest.mark.parametrize("procedure", [Restatement, Lock])
@pytest.mark.parametrize("column", range(4), ids=COLUMNS)
def test_each_column_belongs_to_one_role(society, cast, period, people, procedure, column):
    walk = procedure(society, cast, period)
    for number in range(column):
        walk.verbs[number](people[COLUMNS[number]])
    before = walk.standing()
    for name, actor in people.items():
        if name != COLUMNS[column]:
            with pytest.raises(NotAllowed):
                walk.verbs[column](actor)
            assert walk.standing() == before, name
    walk.verbs[column](people[COLUMNS[column]])
    assert walk.standing() != before


AS_ROLE = (
    Role.SOCIETY_CLERK,
    Role.SOCIETY_SECRETARY,
    Role.COMMITTEE_REVIEWER,
    Role.COMMITTEE_LEADER,
)


@pytest.mark.parametrize("procedure", [Restatement, Lock])
@pytest.mark.parametrize(("first", "second"), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
def test_no_user_stands_in_two_columns(society, cast, period, people, procedure, first, second):
    walk = procedure(society, cast, period)
    for number in range(second):
        walk.verbs[number](people[COLUMNS[number]])
    scope = society if second == 1 else society.federation
    twice = make_actor(AS_ROLE[second], scope, user=people[COLUMNS[first]].user)
    with pytest.raises(NotAllowed, match="须由另一人|不能是送审签人本人"):
        walk.verbs[second](twice)


def asked_by_another(society, cast, period):
    """A restatement that one clerk asked for and another sent."""
    colleague = make_actor(Role.SOCIETY_CLERK, society)
    walk = Restatement(society, cast, period)
    walk.ask(colleague)
    assert walk.row.sent_by != colleague.user
    return walk, make_actor(Role.SOCIETY_SECRETARY, society, user=colleague.user)


def test_who_asked_for_it_does_not_sign_what_a_colleague_sent(society, cast, period):
    walk, asker = asked_by_another(society, cast, period)
    with pytest.raises(NotAllowed, match="须由另一人"):
        walk.sign(asker)
    with pytest.raises(NotAllowed, match="须由另一人"):
        actions.return_to_clerk(ledger=walk.row, reason="请核对", by=asker, now=NOW)
    walk.sign(cast.secretary)


def past_the_actions(monkeypatch):
    """Nothing of the action forbids the asker any more."""
    blind = replace(states.SIGN, distinct_from=("sent_by",))
    monkeypatch.setattr(states, "SIGN", blind)


@pytest.mark.parametrize("guarded", [True, False])
def test_the_database_keeps_who_asked_from_signing(society, cast, period, monkeypatch, guarded):
    """R-ROLE-02; without the constraint the asker would sign (negative control)."""
    walk, asker = asked_by_another(society, cast, period)
    past_the_actions(monkeypatch)
    if not guarded:
        with connection.cursor() as cursor:
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE;"
                "ALTER TABLE ledgers_ledger DROP CONSTRAINT ledger_restated_is_not_signed"
            )
        walk.sign(asker)
        assert walk.standing()[-1] == (2, LedgerState.FILED)
        return
    with pytest.raises(IntegrityError, match="ledger_restated_is_not_signed"), atomic():
        walk.sign(asker)
    assert walk.standing()[-1] == (2, LedgerState.TO_SIGN)


@pytest.mark.parametrize("column", ["reviewed", "decided"])
def test_the_database_keeps_who_asked_from_the_later_steps(society, cast, period, column):
    walk, asker = asked_by_another(society, cast, period)
    walk.sign(cast.secretary)
    change = {f"{column}_by": asker.user, f"{column}_at": NOW}
    with pytest.raises(IntegrityError, match=f"ledger_restated_is_not_{column}"), atomic():
        Ledger.objects.filter(pk=walk.row.pk).update(**change)


def test_who_asked_is_known_of_every_restatement_and_of_nothing_else(society, cast, period):
    walk, asker = asked_by_another(society, cast, period)
    assert walk.row.restated_by == asker.user
    with pytest.raises(IntegrityError, match="ledger_restatement_has_asker"), atomic():
        Ledger.objects.filter(pk=walk.row.pk).update(restated_by=None)
    later = make_period(society.federation, date(2026, 12, 31), opened=False)
    draft = actions.ensure_draft(society=society, period=later, by=cast.clerk, now=NOW)
    with pytest.raises(IntegrityError, match="ledger_restatement_has_asker"), atomic():
        Ledger.objects.filter(pk=draft.pk).update(restated_by=asker.user)


def test_the_desk_offers_no_signature_to_who_asked(society, cast, period):
    walk, asker = asked_by_another(society, cast, period)
    assert not desk.versions(asker, AS_OF)
    assert [task.button for task in desk.versions(cast.secretary, AS_OF)] == ["去审签"]
    assert walk.row.restated_by == asker.user


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_column_is_filled_from_the_first_step(society, cast, period):
    """Restatements from before the column, an accepted one among them."""
    walk, asker = asked_by_another(society, cast, period)
    walk.sign(cast.secretary)
    walk.review(cast.reviewer)
    walk.decide(cast.leader)
    MigrationExecutor(connection).migrate([("ledgers", "0002_review_clock")])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    version = Ledger.objects.get(version=2)
    assert (version.state, version.restated_by) == (LedgerState.ACCEPTED, asker.user)
    with pytest.raises(IntegrityError, match="已通过或已放弃的台账不能修改"), atomic():
        Ledger.objects.filter(version=2).update(changes_count=9)


def test_the_signer_may_edit_the_draft(society, cast, period):
    """R-LED-08: “Only draft and returned are editable, by clerk or signer”."""
    first = make_ledger(society, period, cast=cast, state=LedgerState.ACCEPTED)
    copy = actions.restate(ledger=first, reason="收入漏计", by=cast.clerk, now=NOW)
    save(copy, "operations", {"annual_income": "2000000"}, cast.secretary, NOW)
    copy.operations.refresh_from_db()
    assert copy.operations.annual_income == 2_000_000
