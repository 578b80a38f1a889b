"""R-LED-06, R-LED-11…14: what a draft starts with, and what an acceptance does and does not do."""

from datetime import date

import pytest
from django.core.management import call_command

from accounts.permissions import Role
from common import clock
from common.errors import ActionRefused, NotAllowed
from ledgers import actions, tasks
from ledgers.loading import load_snapshot
from ledgers.models import (
    GuidanceMeasure,
    Ledger,
    LedgerOperations,
    LedgerPeriod,
    LedgerState,
    LedgerStep,
)
from ledgers.querysets.measures import Progress, progress
from societies.models import BackdatedFact, Society, SocietyUnit, UnitKind
from tests.factories import (
    make_actor,
    make_cast,
    make_ledger,
    make_organisation,
    make_period,
    make_posting,
    make_society,
)
from tests.factories.ledgers import (
    AS_OF,
    DEVELOPMENT,
    add_row,
    answer_warnings,
    fill,
    moment,
    save,
    save_row,
    ticks,
)
from tests.ledgers.test_checks import NO_SECRETARIAT, NO_SECRETARIAT_MEMBERS

pytestmark = pytest.mark.django_db
NOW = moment(AS_OF)
S = LedgerState
NEXT = date(2026, 12, 31)


@pytest.fixture
def bare():
    """A society without any organisation: 5.5 asks about both upper tiers."""
    return make_society()


# --- prefill (R-LED-06) ---------------------------------------------------------------------------
class TestPrefill:
    def test_the_register_speaks_first(self, society, cast, period):
        Society.objects.filter(pk=society.pk).update(office_address="名录路 1 号")
        society.refresh_from_db()
        draft = actions.ensure_draft(society=society, period=period, by=cast.clerk, now=NOW)
        row = draft.operations
        assert (row.office_address, row.uscc) == ("名录路 1 号", society.uscc)
        assert (row.legal_person_registered, row.society_branch_count) == ("yes", 0)
        assert row.prefilled["uscc"] == {
            "source": "register",
            "label": "名录",
            "on": "2026-06-30",
            "changed": False,
        }
        assert draft.staff.secretariat_exists == "yes"
        assert row.group_members is None, "nothing to take it from"

    def test_the_last_accepted_version_is_carried_on(self, society, cast, period):
        make_ledger(society, period, cast=cast, state=S.ACCEPTED, reviewed_on=date(2026, 7, 2))
        later = make_period(society.federation, NEXT, opened=False)
        draft = actions.ensure_draft(society=society, period=later, by=cast.clerk, now=NOW)
        row = draft.operations
        assert row.group_members == 16
        assert row.prefilled["group_members"]["label"] == "2026 年上半年"
        assert row.prefilled["group_members"]["on"] == "2026-07-02"
        assert row.council_meetings_count is None, "of the half-year: asked anew"
        assert draft.leaders.get().name == "赵某某"
        asked = draft.sections.get(code="leaders")
        assert (asked.asked, asked.is_complete) == (0, True)

    def test_the_day_of_acceptance_is_shanghais(self, society, cast, period):
        """R13: half past midnight is the new day."""
        ledger = make_ledger(society, period, cast=cast, state=S.FILED)
        actions.accept(ledger=ledger, by=cast.reviewer, now=moment(date(2026, 7, 3), "00:30"))
        later = make_period(society.federation, NEXT, opened=False)
        draft = actions.ensure_draft(society=society, period=later, by=cast.clerk, now=NOW)
        assert draft.operations.prefilled["group_members"]["on"] == "2026-07-03"

    def test_a_changed_value_is_marked(self, society, cast, period):
        draft = actions.ensure_draft(society=society, period=period, by=cast.clerk, now=NOW)
        save(draft, "operations", {"uscc": society.uscc}, cast.clerk, NOW)
        row = LedgerOperations.objects.get(ledger=draft)
        assert row.prefilled["uscc"]["changed"] is False, "the same value is no change"
        save(draft, "operations", {"uscc": ""}, cast.clerk, NOW)
        row.refresh_from_db()
        assert row.prefilled["uscc"]["changed"] is True

    def test_an_early_draft_takes_over_what_is_accepted_later(self, society, cast, period):
        ledger = make_ledger(society, period, cast=cast, state=S.FILED)
        later = make_period(society.federation, NEXT, opened=False)
        draft = actions.ensure_draft(society=society, period=later, by=cast.clerk, now=NOW)
        save(draft, "operations", {"group_members": "18"}, cast.clerk, NOW)
        version = draft.sections.get(code="staff").row_version
        actions.accept(ledger=ledger, by=cast.reviewer, now=NOW)
        row = LedgerOperations.objects.get(ledger=draft)
        assert (row.group_members, row.individual_members) == (18, 560), "what was typed stays"
        assert draft.leaders.get().name == "赵某某"
        assert draft.sections.get(code="staff").row_version > version

    def test_nothing_unaccepted_is_carried_on(self, society, cast, period):
        make_ledger(society, period, cast=cast, state=S.FILED)
        later = make_period(society.federation, NEXT, opened=False)
        draft = actions.ensure_draft(society=society, period=later, by=cast.clerk, now=NOW)
        assert draft.operations.group_members is None


# --- 5.5 rows and the register --------------------------------------------------------------------
class TestNotEstablished:
    def tiers(self, ledger):
        return sorted(ledger.not_established.values_list("tier", flat=True))

    def test_rows_appear_by_themselves(self, bare):
        draft = make_ledger(bare)
        assert self.tiers(draft) == [1, 2]
        assert draft.sections.get(code="not_established").required > 0

    def test_rows_follow_the_register(self, bare):
        cast = make_cast(bare)
        period = make_period(bare.federation)
        draft = actions.ensure_draft(society=bare, period=period, by=cast.clerk, now=NOW)
        make_organisation(bare)
        actions.sync_not_established(ledger=draft, by=cast.clerk, now=NOW)
        assert self.tiers(draft) == [1]
        assert actions.sync_not_established(ledger=draft, by=cast.clerk, now=NOW) is None

    def test_a_row_somebody_wrote_stays_and_is_refused(self, bare):
        """U-01 both ways (EX-06: reported, no 5.5 row allowed; never both)."""
        cast = make_cast(bare)
        draft = make_ledger(bare, cast=cast)
        make_organisation(bare, basis="record_filing", form="overlapping")
        actions.sync_not_established(ledger=draft, by=cast.clerk, now=NOW)
        assert self.tiers(draft) == [1, 2]
        with pytest.raises(ActionRefused, match="请删除本行"):
            actions.send_for_signature(ledger=draft, by=cast.clerk, now=NOW)
        save(draft, "members", DEVELOPMENT, cast.clerk, NOW)
        row = draft.not_established.get(tier=2)
        actions.remove_row(
            ledger=draft,
            table="not_established",
            row_id=row.pk,
            row_version=draft.sections.get(code="not_established").row_version,
            by=cast.clerk,
            now=NOW,
        )
        assert actions.send_for_signature(ledger=draft, by=cast.clerk, now=NOW).state == S.TO_SIGN

    def test_an_unreported_overlapping_organisation_needs_a_reason(self, bare):
        """EX-06: not yet reported — uncovered, NE04 required."""
        cast = make_cast(bare)
        draft = make_ledger(bare, cast=cast)
        row = draft.not_established.get(tier=2)
        save_row(draft, "not_established", row.pk, {"primary_reason": ""}, cast.clerk, NOW)
        with pytest.raises(ActionRefused, match="主要原因尚未选择"):
            actions.send_for_signature(ledger=draft, by=cast.clerk, now=NOW)
        save_row(draft, "not_established", row.pk, {"primary_reason": "NE04"}, cast.clerk, NOW)
        assert actions.send_for_signature(ledger=draft, by=cast.clerk, now=NOW).state == S.TO_SIGN

    def test_a_posting_is_referred_to_never_typed(self, bare):
        """D-15, U-08: of this society, of that kind, valid on the as-of date."""
        cast = make_cast(bare)
        draft = make_ledger(bare, cast=cast)
        measure = draft.not_established.get(tier=1).measures.get()

        def choose(posting):
            values = {"code": "GM03", "posting": str(posting.pk)}
            return save_row(draft, "measures", measure.pk, values, cast.clerk, NOW)

        with pytest.raises(ActionRefused, match="未找到有效的派驻记录"):
            choose(make_posting(make_society()))
        ended = make_posting(bare, valid_to=AS_OF)
        assert "U-08" in {f.code for f in choose(ended).findings}
        liaison = make_posting(bare, kind="GM04")
        assert "U-08" in {f.code for f in choose(liaison).findings}
        assert "U-08" not in {f.code for f in choose(make_posting(bare)).findings}

    def test_an_organisation_entered_meanwhile_sends_the_version_back(self, bare):
        """R-LED-12, X-12."""
        cast = make_cast(bare)
        ledger = make_ledger(bare, cast=cast, state=S.FILED)
        make_organisation(bare, established_on=date(2026, 6, 18))
        with pytest.raises(ActionRefused, match="办事机构已于 2026-06-18 建立党组织，请退回学会"):
            actions.accept(ledger=ledger, by=cast.reviewer, now=NOW)
        assert Ledger.objects.get().state == S.FILED


# --- closing the secretariat (R-LED-11, EX-05) ----------------------------------------------------
class TestSecretariat:
    def fill(self, society, cast, period):
        ledger = actions.ensure_draft(society=society, period=period, by=cast.clerk, now=NOW)
        return fill(ledger, cast.clerk, NOW, staff=NO_SECRETARIAT, members=NO_SECRETARIAT_MEMBERS)

    def walk(self, ledger, cast):
        ledger = actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)
        ledger = actions.sign_and_file(
            ledger=ledger, ticks=ticks(ledger), by=cast.secretary, now=NOW
        )
        return actions.accept(ledger=ledger, by=cast.reviewer, now=moment(date(2026, 7, 10)))

    def test_acceptance_closes_one_that_is_stated_not_to_exist(self, bare):
        cast = make_cast(bare)
        ledger = self.fill(bare, cast, make_period(bare.federation))
        assert [row.tier for row in ledger.not_established.all()] == [1]
        ledger = self.walk(ledger, cast)
        unit = SocietyUnit.objects.get(society=bare, kind=UnitKind.SECRETARIAT)
        assert (unit.valid_to, unit.closing_note) == (AS_OF, ledger.full_number)
        assert BackdatedFact.objects.filter(society=bare, since=AS_OF).exists()

    def test_not_while_an_organisation_serves_it(self, society, cast, period):
        """EX-05, X-05."""
        ledger = self.fill(society, cast, period)
        with pytest.raises(ActionRefused, match="不能填“未设办事机构”"):
            actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)

    def test_nor_if_one_came_to_serve_it_since(self, bare):
        cast = make_cast(bare)
        ledger = self.fill(bare, cast, make_period(bare.federation))
        ledger = actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)
        ledger = actions.sign_and_file(ledger=ledger, by=cast.secretary, now=NOW)
        make_organisation(bare, established_on=date(2026, 7, 1))
        with pytest.raises(ActionRefused, match="不能填“未设办事机构”"):
            actions.accept(ledger=ledger, by=cast.reviewer, now=moment(date(2026, 7, 10)))
        assert Ledger.objects.get().state == S.FILED
        assert SocietyUnit.objects.get(society=bare, kind="secretariat").valid_to is None

    def test_the_leader_may_close_it_by_deciding_a_restatement(self, bare):
        cast = make_cast(bare)
        period = make_period(bare.federation)
        first = make_ledger(bare, period, cast=cast, state=S.ACCEPTED)
        ledger = actions.restate(ledger=first, reason="办事机构已撤", by=cast.clerk, now=NOW)
        fill(ledger, cast.clerk, NOW, staff=NO_SECRETARIAT, members=NO_SECRETARIAT_MEMBERS)
        row = ledger.not_established.filter(tier=2).first()
        actions.remove_row(
            ledger=ledger,
            table="not_established",
            row_id=row.pk,
            row_version=ledger.sections.get(code="not_established").row_version,
            by=cast.clerk,
            now=NOW,
        )
        answer_warnings(ledger, cast.clerk, NOW)
        ledger = self.walk(ledger, cast)
        actions.decide_restatement(ledger=ledger, agreed=True, by=cast.leader, now=NOW)
        assert SocietyUnit.objects.get(society=bare, kind="secretariat").valid_to == AS_OF

    def test_an_older_version_accepted_late_closes_nothing(self, bare):
        """The newest accepted version says whether there is a secretariat."""
        cast = make_cast(bare)
        period = make_period(bare.federation)
        make_ledger(bare, make_period(bare.federation, NEXT), cast=cast, state=S.ACCEPTED)
        ledger = self.walk(self.fill(bare, cast, period), cast)
        assert ledger.state == S.ACCEPTED
        assert SocietyUnit.objects.get(society=bare, kind="secretariat").valid_to is None

    def test_nothing_else_of_the_register_changes(self, society, cast, period):
        """D-15: a ledger states, it does not establish."""
        before = list(SocietyUnit.objects.order_by("pk").values())
        organisations = list(society.party_organisations.values())
        make_ledger(
            society,
            period,
            cast=cast,
            state=S.ACCEPTED,
            operations={"society_branch_count": "4", "support_type": "cast"}
            | {"supporting_unit": "示例单位"},
            staff={"society_branch_leaders": "1"},
        )
        assert list(SocietyUnit.objects.order_by("pk").values()) == before
        assert list(society.party_organisations.values()) == organisations
        assert society.support_type == Society.objects.get(pk=society.pk).support_type == ""


# --- guidance measures (R-LED-14) -----------------------------------------------------------------
class TestGuidanceMeasures:
    def test_acceptance_opens_and_closes_them(self, bare):
        cast = make_cast(bare)
        make_ledger(bare, cast=cast, state=S.ACCEPTED)
        opened = GuidanceMeasure.objects.filter(society=bare)
        assert [(m.tier, m.code, m.reason, m.valid_to) for m in opened] == [
            (1, "GM02", "NE01", None),
            (2, "GM02", "NE01", None),
        ]
        make_organisation(bare)
        later = make_period(bare.federation, NEXT)
        make_ledger(bare, later, cast=cast, state=S.ACCEPTED)
        closed = {m.tier: m.valid_to for m in GuidanceMeasure.objects.filter(society=bare)}
        assert closed == {1: None, 2: NEXT}

    def test_before_acceptance_there_is_none(self, bare):
        make_ledger(bare, state=S.FILED)
        assert not GuidanceMeasure.objects.exists()

    def test_follow_up(self, bare):
        cast = make_cast(bare)
        make_ledger(bare, cast=cast, state=S.ACCEPTED)
        measure = GuidanceMeasure.objects.filter(tier=1).get()
        day = date(2026, 9, 1)

        def follow(by=cast.clerk, on=day, text="与挂靠单位协商"):
            return actions.follow_up(measure=measure, on=on, text=text, by=by, now=moment(day))

        follow()
        follow(by=cast.reviewer, on=date(2026, 8, 1))
        measure.refresh_from_db()
        assert measure.last_followed_up_on == day
        assert measure.follow_ups.count() == 2
        with pytest.raises(ActionRefused) as refused:
            follow(on=date(2026, 9, 2), text=" ")
        assert set(refused.value.errors) == {"on", "text"}
        with pytest.raises(NotAllowed):
            follow(by=make_actor(Role.INSPECTOR, bare))

    def test_one_that_never_ran_is_void_and_keeps_what_was_said(self, bare):
        """Planned from the next as-of day, followed up, and no longer needed on that day."""
        cast = make_cast(bare)
        make_ledger(bare, cast=cast, state=S.ACCEPTED)
        GuidanceMeasure.objects.filter(tier=2).update(valid_from=NEXT)
        measure = GuidanceMeasure.objects.get(tier=2)
        now = moment(date(2026, 9, 1))
        actions.follow_up(measure=measure, on=now.date(), text="已商定", by=cast.clerk, now=now)
        make_organisation(bare)
        make_ledger(bare, make_period(bare.federation, NEXT), cast=cast, state=S.ACCEPTED)
        measure.refresh_from_db()
        assert (measure.valid_to, measure.voided_on) == (None, NEXT)
        assert [row.text for row in measure.follow_ups.all()] == ["已商定"]
        later = date(2027, 1, 31)
        assert not GuidanceMeasure.objects.valid_on(later).filter(tier=2).exists()
        assert {e.tier for e in GuidanceMeasure.objects.gap_entries([bare.pk], later)[bare.pk]} == {
            1
        }
        with pytest.raises(ActionRefused, match="已结束"):
            actions.follow_up(
                measure=measure, on=later, text="再", by=cast.clerk, now=moment(later)
            )

    def test_the_gap_list_reads_reason_measure_and_progress(self, bare, django_assert_num_queries):
        make_ledger(bare, state=S.ACCEPTED)
        with django_assert_num_queries(1):
            found = GuidanceMeasure.objects.gap_entries([bare.pk], date(2026, 9, 1))
        first, second = found[bare.pk]
        assert (first.tier, first.reason, first.measures) == (1, "NE01", ("GM02",))
        assert (second.responsible_post, second.progress) == ("秘书处主任", Progress.ON_WAY)
        assert not GuidanceMeasure.objects.gap_entries([0], AS_OF)

    @pytest.mark.parametrize(
        ("planned", "expected"),
        [
            (date(2026, 10, 2), Progress.ON_WAY),
            (date(2026, 10, 1), Progress.SOON),
            (date(2026, 9, 1), Progress.SOON),
            (date(2026, 8, 31), Progress.OVERDUE),
            (None, Progress.UNPLANNED),
        ],
    )
    def test_progress(self, planned, expected):
        """≤ 30 days is 临期."""
        assert progress(planned, date(2026, 9, 1)) == expected


# --- beat and command -----------------------------------------------------------------------------
def test_the_task_opens_what_is_due(society, monkeypatch):
    make_period(society.federation, opened=False)
    monkeypatch.setattr(clock, "now", lambda: moment(AS_OF, "00:05"))
    assert tasks.open_periods() == 1
    assert tasks.open_periods("2026-06-30") == 0
    assert LedgerPeriod.objects.get(key="2026H1").expected.count() == 1


def test_the_command_says_what_it_opened(society, capsys):
    make_period(society.federation, opened=False)
    call_command("ledger_periods", "--date", "2026-06-30")
    assert "2026 年上半年“五个清”台账开期，应报 1 家" in capsys.readouterr().out
    call_command("ledger_periods", "--date", "2026-06-30")
    assert capsys.readouterr().out == ""


def test_the_history_names_people_and_appointments(society, cast, period):
    make_ledger(society, period, cast=cast, state=S.ACCEPTED)
    steps = LedgerStep.objects.visible_to(cast.secretary).select_related("appointment")
    roles = [step.appointment.role for step in steps.order_by("pk")]
    assert roles == [
        "society_clerk",
        "society_clerk",
        "society_secretary",
        "committee_reviewer",
    ]


def test_copying_a_measure_keeps_its_row(bare):
    cast = make_cast(bare)
    draft = make_ledger(bare, cast=cast)
    row = draft.not_established.get(tier=1)
    measure = row.measures.get()
    new = add_row(draft, "measures", cast.clerk, NOW, parent_id=row.pk, copy_of=measure.pk)
    assert row.measures.get(pk=new).code == measure.code
    assert len(load_snapshot(draft, AS_OF).reasons[0].measures) == 2
