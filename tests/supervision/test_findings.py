"""A finding from its issue to its end: days, states, what is overdue (R-SUP-06)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from common.errors import ActionRefused
from societies.models import BackdatedFact, DirtySociety
from supervision import actions, finding_states
from supervision.finding_states import CHAINS
from supervision.frame import candidates
from supervision.models import (
    BatchState,
    Finding,
    FindingEvidence,
    FindingState,
    FindingStep,
    FramePart,
)
from tests.factories import make_actor, make_batch, make_batch_finding, make_finding
from tests.factories.coverage import at
from tests.factories.findings import DRAFT, ISSUED, ISSUED_ON, evidence, plan, take, walk
from tests.factories.supervision import NOW, VALUES

pytestmark = pytest.mark.django_db
S = FindingState


def after(days):
    return at(ISSUED_ON + timedelta(days=days))


@pytest.mark.parametrize(
    ("severity", "plan_days", "finish_days", "measure_days"),
    [("general", 10, 30, None), ("serious", 7, 60, None), ("grave", 3, None, 7)],
)
def test_days_of_each_severity(severity, plan_days, finish_days, measure_days):
    """R-SUP-06: plan 10 / 7 / 3, finish 30 / 60 / set by the leader, 严重 measures in 7 days."""
    finding = make_finding(severity).finding
    day = ISSUED_ON
    assert finding.plan_due == day + timedelta(days=plan_days)
    assert finding.finish_due == (finish_days and day + timedelta(days=finish_days))
    assert finding.measure_due == (measure_days and day + timedelta(days=measure_days))


@pytest.mark.parametrize("severity", ["general", "serious", "grave"])
@pytest.mark.parametrize("make", [make_finding, make_batch_finding])
def test_the_whole_way(make, severity):
    """issued → accepted → plan → rectifying → submitted → verified → closed, each by its own."""
    world = walk(make(severity))
    finding = world.fresh()
    assert (finding.code, finding.closed_late) == ("ZG-2026-0001", False)
    people = {
        *(finding.issued_by_id, finding.plan_sent_by_id, finding.plan_signed_by_id),
        *(finding.verified_by_id, finding.closed_by_id),
    }
    assert len(people) == 5
    verbs = list(finding.steps.order_by("pk").values_list("verb", flat=True))
    grave = ["agree_date", "send_measure", "sign_measure"] if severity == "grave" else []
    assert verbs == [
        *("issue", "accept", "send_plan", "sign_plan", *grave, "add_evidence"),
        *("send_evidence", "sign_evidence", "verify", "close"),
    ]


def test_a_finding_of_a_batch_moves_the_batch():
    """R-SUP-01: → findings_issued → rectifying."""
    world = make_batch_finding()
    assert world.batch.fresh().state == BatchState.FINDINGS_ISSUED
    walk(world, S.ACCEPTED)
    assert world.batch.fresh().state == BatchState.RECTIFYING


def test_numbers_run_without_gaps_and_an_item_is_found_once():
    world = make_batch_finding()
    check, by = world.finding.spot_check, world.cast.author
    author = world.finding.author
    draft = actions.FindingDraft("2.6", "general", author=author, **DRAFT)
    with pytest.raises(ActionRefused, match="该检查项已下发过问题"):
        actions.issue_findings(check=check, drafts=[draft], by=by, now=ISSUED)
    others = [actions.FindingDraft(n, "serious", author=author, **DRAFT) for n in ("2.7", "8.1")]
    rows = actions.issue_findings(check=check, drafts=others, by=by, now=ISSUED)
    assert [row.code for row in rows] == ["ZG-2026-0002", "ZG-2026-0003"]
    assert actions.issue_findings(check=check, drafts=[], by=by, now=ISSUED) == []


def test_days_run_to_their_end_and_lateness_is_computed():
    """Calendar days, end of day; nothing about it is stored (R-SUP-06)."""
    world = make_finding()

    def late(days):
        return Finding.objects.overdue(ISSUED_ON + timedelta(days=days)).exists()

    assert [late(10), late(11)] == [False, True], "the plan"
    world.now = after(10)
    walk(world, S.RECTIFYING)
    assert [late(30), late(31)] == [False, True], "the finish day"
    world.now = after(31)
    walk(world, S.SUBMITTED)
    row = Finding.objects.with_overdue(ISSUED_ON + timedelta(days=200)).get()
    assert (row.finish_late, row.overdue) == (1, True), "measured to the submission"
    walk(world)
    assert world.fresh().closed_late
    row = Finding.objects.with_overdue(ISSUED_ON + timedelta(days=200)).get()
    assert (row.finish_late, row.overdue) == (1, False)


@pytest.mark.parametrize(("day", "late"), [(30, False), (31, True)])
def test_the_accepted_submission_decides_whether_it_closed_late(day, late):
    """Verified and closed long after: only the day of the submission counts."""
    world = make_finding()
    walk(world, S.RECTIFYING)
    world.now = after(day)
    walk(world, S.SUBMITTED)
    world.now = after(100)
    assert walk(world).fresh().closed_late is late


def test_what_is_sent_back_runs_on():
    """依据不足: the clock runs on, without the committee's days; what was sent stays."""
    world = make_finding()
    walk(world, S.SUBMITTED)
    BackdatedFact.objects.all().delete()
    world.now = after(20)
    take(world, actions.send_back_finding, world.cast.verifier, opinion="缺会议决议")
    finding = world.fresh()
    assert (finding.state, finding.submitted_on, finding.turn) == (S.SENT_BACK, None, 2)
    assert finding.return_reason == "缺会议决议"
    assert BackdatedFact.objects.get().since == ISSUED_ON
    late = [Finding.objects.overdue(ISSUED_ON + timedelta(days=n)).exists() for n in (50, 51)]
    assert late == [False, True], "30 days and the 20 that the committee took"
    with pytest.raises(ActionRefused, match="至少一项整改依据"):
        take(world, actions.send_evidence, world.cast.clerk, result="已补")
    evidence(world)
    walk(world)
    assert list(world.fresh().evidence.values_list("turn", flat=True)) == [1, 2]


def test_the_closer_may_ask_for_another_look():
    world = walk(make_finding(), S.VERIFIED)
    take(world, actions.verify_again, world.cast.closer, reason="未见第四季度记录")
    finding = world.fresh()
    assert (finding.state, finding.verified_by) == (S.SUBMITTED, None)
    walk(world)


def test_a_grave_finding_waits_for_the_leaders_day():
    """严重: case by case, at most 180 days; a plan can be sent back."""
    world = make_finding("grave")
    walk(world, S.ACCEPTED)
    cast = world.cast
    day = ISSUED_ON + timedelta(days=181)
    given = {"responsible_post": "秘书处", "plan": "换届"}
    with pytest.raises(ActionRefused, match="应在 2026-12-01 至 2027-05-30 之间"):
        take(world, actions.send_plan, cast.clerk, planned_on=day, **given)
    plan(world)
    take(world, actions.sign_plan, cast.secretary)
    assert world.fresh().state == S.PLAN_FILED
    take(world, actions.decline_plan, cast.leader, reason="措施不具体")
    assert world.fresh().state == S.ACCEPTED
    plan(world)
    take(world, actions.sign_plan, cast.secretary)
    with pytest.raises(ActionRefused) as refused:
        take(world, actions.agree_date, cast.leader, finish_due=day)
    assert "finish_due" in refused.value.errors
    take(world, actions.agree_date, cast.leader, finish_due=day - timedelta(days=1))
    assert world.fresh().state == S.RECTIFYING
    with pytest.raises(ActionRefused, match="先填报并审签立即措施"):
        evidence(world)


def test_one_extension_of_at_most_fifteen_days():
    """R-SUP-06: asked by the secretary, reviewed, decided by the leader."""
    world = walk(make_finding(), S.RECTIFYING)
    cast, due = world.cast, date(2026, 12, 31)
    ask = {"reason": "换届会议推迟"}
    for wrong in (due, due + timedelta(days=16)):
        with pytest.raises(ActionRefused) as refused:
            take(world, actions.ask_extension, cast.secretary, due_asked=wrong, **ask)
        assert "due_asked" in refused.value.errors
    asked = due + timedelta(days=15)
    world.now = at(due + timedelta(days=1))
    with pytest.raises(ActionRefused, match="已过"):
        take(world, actions.ask_extension, cast.secretary, due_asked=asked, **ask)
    world.now = at(due)
    take(world, actions.ask_extension, cast.secretary, due_asked=asked, **ask)
    with pytest.raises(ActionRefused, match="审核后决定"):
        take(world, actions.decide_extension, cast.leader, granted=True, answer="同意")
    take(world, actions.review_extension, cast.verifier, opinion="情况属实")
    take(world, actions.decide_extension, cast.leader, granted=True, answer="同意")
    finding = world.fresh()
    assert (finding.finish_due, finding.extension.days) == (asked, 15)
    with pytest.raises(ActionRefused, match="只能申请一次"):
        take(world, actions.ask_extension, cast.secretary, due_asked=asked, **ask)


def test_an_extension_refused_leaves_the_day():
    world = walk(make_finding(), S.RECTIFYING)
    cast, due = world.cast, world.fresh().finish_due
    asked = due + timedelta(days=5)
    take(world, actions.ask_extension, cast.secretary, due_asked=asked, reason="人手不足")
    take(world, actions.review_extension, cast.verifier, opinion="理由不充分")
    take(world, actions.decide_extension, cast.leader, granted=False, answer="按期完成")
    assert world.fresh().finish_due == due


def test_what_was_issued_and_sent_is_frozen():
    """Facts, history and submitted evidence are not rewritten; a closed finding rests."""
    world = walk(make_finding(), S.SUBMITTED)
    rows = Finding.objects.filter(pk=world.finding.pk)
    proof = FindingEvidence.objects.all()
    attempts = [
        lambda: rows.update(facts="改写"),
        lambda: rows.update(plan_due=date(2030, 1, 1)),
        lambda: rows.delete(),
        lambda: FindingStep.objects.update(text="改写"),
        lambda: proof.update(text="改写"),
        lambda: proof.delete(),
        lambda: proof.create(
            finding=world.finding,
            society=world.finding.society,
            turn=1,
            kind="text",
            title="补",
            text="补",
            added_by=world.cast.clerk.user,
            added_at=ISSUED,
        ),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    walk(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(opinion="改写")


def test_evidence_is_taken_back_until_it_is_sent():
    world = walk(make_finding(), S.RECTIFYING)
    row = take(world, actions.add_evidence, world.cast.clerk, title="台账", path="/ledgers/")
    take(world, actions.remove_evidence, world.cast.clerk, evidence=row.pk)
    assert not world.fresh().evidence.exists()
    kept = take(world, actions.add_evidence, world.cast.clerk, title="说明", text="已办")
    take(world, actions.send_evidence, world.cast.clerk, result="已办")
    with pytest.raises(ActionRefused):
        take(world, actions.remove_evidence, world.cast.clerk, evidence=kept.pk)


def test_every_step_has_its_parts():
    """Nobody acts twice along one finding but in one part: the table knows every step."""
    verbs = {t.verb for t in finding_states.TRANSITIONS} | {finding_states.ISSUE.verb}
    assert set().union(*(part for chain in CHAINS for part in chain)) == verbs
    assert set(finding_states.VERB_LABELS) == verbs | {finding_states.REMIND.verb}


def test_what_decides_overdue_marks_the_society():
    """G4, N3 and V4 read it at night and at once."""
    world = make_finding()
    assert DirtySociety.objects.filter(society=world.finding.society).exists()
    for state in (S.RECTIFYING, S.SUBMITTED, S.CLOSED):
        DirtySociety.objects.all().delete()
        walk(world, state)
        assert DirtySociety.objects.filter(society=world.finding.society).exists()


def test_societies_with_an_open_finding_are_always_inspected():
    """R-SUP-02: option 整改未销号的学会必查."""
    world = make_batch()
    society = world.societies[0]
    by = make_actor(Role.COMMITTEE_REVIEWER, society.federation)
    said = DRAFT | {"source": "campaign", "severity": "general"}
    actions.register_finding(society=society, by=by, now=NOW, **said)
    must = [c for c in candidates(world.fresh(), NOW.date()) if c.part == FramePart.MUST]
    assert [(c.society_id, c.reason) for c in must] == [(society.pk, "整改未销号 1 个")]
    plain = actions.draft_batch(
        federation=society.federation,
        values=VALUES | {"include_open": False},
        by=world.cast.lead,
        now=NOW,
    )
    assert all(c.part == FramePart.RANDOM for c in candidates(plain, NOW.date()))
