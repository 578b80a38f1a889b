"""Typing: three states, refused input, lock numbers, rows (D-4; nothing typed is lost)."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, transaction

from common.errors import ActionRefused
from ledgers import actions
from ledgers.actions import editing
from ledgers.catalogue import FIELDS, SINGLE, Kind, fields_of
from ledgers.catalogue.base import Field
from ledgers.changes import changes
from ledgers.checks import run_checks
from ledgers.completeness import completeness
from ledgers.conditions import CONDITIONS, is_shown
from ledgers.fields import ValueState
from ledgers.loading import SECTION_MODELS, load_snapshot
from ledgers.models import (
    Ledger,
    LedgerLeader,
    LedgerMeasure,
    LedgerNotEstablished,
    LedgerPeriod,
    LedgerSection,
    LedgerStaff,
    LedgerState,
)
from ledgers.parsing import as_typed, parse
from ledgers.rules import parse_rules
from tests.factories import make_cast, make_ledger, make_period, make_society, make_society_branch
from tests.factories.ledgers import AS_OF, STAFF, add_row, moment, save, save_row
from tests.ledgers.snapshots import make_snapshot, rules

NOW = moment(AS_OF)
MODELS = SECTION_MODELS | {
    "leaders": LedgerLeader,
    "not_established": LedgerNotEstablished,
    "measures": LedgerMeasure,
}


@pytest.fixture
def draft(society, cast, period):
    return actions.ensure_draft(society=society, period=period, by=cast.clerk, now=NOW)


# --- catalogue ------------------------------------------------------------------------------------
@pytest.mark.parametrize("table", FIELDS)
def test_catalogue_and_columns_agree(table):
    """Every field has its column, every column its field."""
    columns = {f.name for f in MODELS[table]._meta.concrete_fields}
    own = {"id", "ledger", "position", "raw_input", "prefilled", "sealed", "removed_at"}
    own |= {"removed_by", "unit", "tier", "not_established"}
    names = {f.name for f in FIELDS[table]}
    states = {f"{f.name}_state" for f in FIELDS[table] if f.is_count}
    assert columns - own == names | states
    assert len(names) == len(FIELDS[table])


def test_catalogue_names_known_conditions_and_fitting_lengths():
    for table, fields in FIELDS.items():
        for field in fields:
            assert field.required in CONDITIONS
            column = MODELS[table]._meta.get_field(field.name)
            if field.kind in (Kind.TEXT, Kind.URL):
                assert field.max_length == column.max_length, field.name
            if field.is_count:
                assert field.unit
    with pytest.raises(FieldDoesNotExist):
        LedgerStaff._meta.get_field("council_members_approximate")


def test_an_edition_may_hide_or_free_a_field():
    content = {
        "deadlines": {
            "due_workdays": 10, "grace_workdays": 5, "closing_workdays": 20, "mend_workdays": 5
        },
        "review": {"workdays": 5, "clause": "002§14"},
        "expected": {"body_kinds": [], "relations": []},
        "change": {"percent": 50, "units": 10},
        "fields": {"optional": ["staff.retired"], "hidden": ["staff.women"]},
        "leaders": {"concurrent_posts_limit": 2, "age_limits": {}},
        "reasons": [],
        "measures": [],
    }  # fmt: skip
    shown = {f.name: f for f in fields_of("staff", parse_rules(content))}
    assert "women" not in shown
    assert shown["retired"].is_optional
    with pytest.raises(ValueError, match="clause"):
        parse_rules(content | {"review": {"workdays": 5}})
    del content["change"]
    with pytest.raises(ValueError, match="change"):
        parse_rules(content)


# --- parsing --------------------------------------------------------------------------------------
def parse_one(kind: Kind, text: str, **more: str):
    name = "uscc" if more.pop("uscc", "") else "x"
    field = Field(name, "项目", kind, max_length=5, choices=(("a", "甲"),))
    parsed = parse((field,), {name: text} | more)
    return parsed.columns, {k: v["message"] for k, v in parsed.refused.items()}


@pytest.mark.parametrize(
    ("text", "more", "columns"),
    [
        ("0", {}, {"x": 0, "x_state": "reported"}),
        ("", {}, {"x": None, "x_state": "missing"}),
        ("", {"x_na": "1"}, {"x": None, "x_state": "not_applicable"}),
        ("5,600", {}, {"x": 5600, "x_state": "reported"}),
        (" １２ ", {}, {"x": 12, "x_state": "reported"}),
    ],
)
def test_three_states_of_a_count(text, more, columns):
    """D-4: 已报零, 未报, 不适用."""
    assert parse_one(Kind.COUNT, text, **more) == (columns, {})


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.MONEY, "18,640,200.5", Decimal("18640200.50")),
        (Kind.MONEY, "-3", Decimal("-3.00")),
        (Kind.DATE, "2026年3月5日", date(2026, 3, 5)),
        (Kind.DATE, "2026/03/05", date(2026, 3, 5)),
        (Kind.MONTH, "2026-3", date(2026, 3, 1)),
        (Kind.YEAR, "1968", 1968),
        (Kind.YES_NO, "no", "no"),
        (Kind.CODE, "a", "a"),
        (Kind.CODES, "a,a", ["a"]),
        (Kind.TEXT, " 甲乙 ", "甲乙"),
        (Kind.DATE, "", None),
    ],
)
def test_good_input(kind, text, value):
    assert parse_one(kind, text) == ({"x": value}, {})


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (Kind.COUNT, "1.5", "项目应为不小于 0 的整数，请去掉小数或负号"),
        (Kind.COUNT, "-1", "项目应为不小于 0 的整数，请去掉小数或负号"),
        (Kind.COUNT, "九", "项目应为不小于 0 的整数，请去掉小数或负号"),
        (Kind.COUNT, "²", "项目应为不小于 0 的整数，请去掉小数或负号"),
        (Kind.COUNT, "9999999999", "项目数值过大，请核对"),
        (Kind.COUNT, "9" * 5000, "项目数值过大，请核对"),
        (Kind.MONEY, "NaN", "项目超出可填范围，请以元为单位核对"),
        (Kind.MONEY, "1e30", "项目超出可填范围，请以元为单位核对"),
        (Kind.MONEY, "一万", "项目应为金额，如 18640200 或 18640200.50"),
        (Kind.MONEY, "1.005", "项目最多两位小数（精确到分）"),
        (Kind.DATE, "2026-02-30", "项目没有这一天，请检查日期"),
        (Kind.DATE, "0000-01-01", "项目没有这一天，请检查日期"),
        (Kind.DATE, "去年", "项目应为日期，如 2026-12-31"),
        (Kind.MONTH, "2026-13", "项目应为年月，如 2026-12"),
        (Kind.YEAR, "68", "项目应为四位年份，如 1968"),
        (Kind.YES_NO, "not_applicable", "请从列表中选择项目"),
        (Kind.CODE, "b", "请从列表中选择项目"),
        (Kind.CODES, "a,b", "请从列表中选择项目"),
        (Kind.POSTING, "-1", "请从列表中选择项目"),
        (Kind.POSTING, "²", "请从列表中选择项目"),
        (Kind.POSTING, "9" * 5000, "请从列表中选择项目"),
        (Kind.TEXT, "一二三四五六", "项目最多 5 个字，现为 6 个"),
        (Kind.TEXT, "a\x00b", "项目含有不能保存的字符，请重新输入"),
    ],
)
def test_bad_input(kind, text, message):
    assert parse_one(kind, text)[1] == {"x": message}


def test_a_number_and_the_tick_exclude_each_other():
    _, refused = parse_one(Kind.COUNT, "3", x_na="1")
    assert refused == {"x": "项目已填数值，又勾选了“不适用”，请二选一"}


def test_what_is_stored_is_shown_as_it_would_be_typed():
    snapshot = make_snapshot()
    for section in SINGLE:
        values = snapshot.sections[section]
        for field in fields_of(section, rules()):
            typed = {field.name: as_typed(field, values.data)}
            if field.is_count and values.is_na(field.name):
                typed[f"{field.name}_na"] = "1"
            again = parse((field,), typed)
            assert not again.refused
            assert all(values.get(name) == value for name, value in again.columns.items())


# --- saving ---------------------------------------------------------------------------------------
@pytest.mark.django_db
class TestSaving:
    def test_one_field_is_saved_alone(self, draft, cast):
        save(draft, "staff", STAFF, cast.clerk, NOW)
        result = save(draft, "staff", {"women": "3"}, cast.clerk, NOW)
        row = LedgerStaff.objects.get(ledger=draft)
        assert (row.women, row.council_members) == (3, 58)
        assert result.completeness["staff"].is_complete

    def test_refused_input_survives_and_is_not_a_number(self, draft, cast):
        save(draft, "staff", STAFF, cast.clerk, NOW)
        result = save(draft, "staff", {"women": "四个"}, cast.clerk, NOW)
        assert result.refused == {"women": "女性应为不小于 0 的整数，请去掉小数或负号"}
        row = LedgerStaff.objects.get(ledger=draft)
        assert row.raw_input["women"]["text"] == "四个"
        assert (row.women, row.women_state) == (None, ValueState.MISSING)
        assert [f.code for f in result.findings if f.fields == ("women",)] == ["V-01"]
        assert not result.completeness["staff"].is_complete
        save(draft, "staff", {"women": "4"}, cast.clerk, NOW)
        row.refresh_from_db()
        assert (row.raw_input, row.women) == ({}, 4)

    def test_wrong_numbers_are_kept_in_a_draft(self, draft, cast):
        save(draft, "staff", STAFF, cast.clerk, NOW)
        result = save(draft, "staff", {"women": "99"}, cast.clerk, NOW)
        assert LedgerStaff.objects.get(ledger=draft).women == 99
        assert [f.code for f in result.findings] == ["S-06"]

    def test_a_stale_lock_number_is_a_conflict_with_both_values(self, draft, cast):
        version = draft.sections.get(code="staff").row_version
        save(draft, "staff", {"women": "3"}, cast.clerk, NOW)
        with pytest.raises(actions.StaleSection) as conflict:
            actions.save_section(
                ledger=draft,
                section="staff",
                values={"women": "5"},
                row_version=version,
                by=cast.secretary,
                now=NOW,
            )
        assert (conflict.value.theirs, conflict.value.yours) == ({"women": "3"}, {"women": "5"})
        assert conflict.value.row_version == draft.sections.get(code="staff").row_version
        assert LedgerStaff.objects.get(ledger=draft).women == 3

    def test_a_conflict_names_what_was_saved_while_waiting_for_the_lock(
        self, draft, cast, monkeypatch
    ):
        """The row read before the lock may be older than what the other one saved."""
        version, lock = draft.sections.get(code="staff").row_version, editing.open_section

        def behind_somebody_else(*args):
            monkeypatch.setattr(editing, "open_section", lock)
            save(draft, "staff", {"women": "3"}, cast.clerk, NOW)
            return lock(*args)

        monkeypatch.setattr(editing, "open_section", behind_somebody_else)
        with pytest.raises(actions.StaleSection) as conflict:
            actions.save_section(
                ledger=draft,
                section="staff",
                values={"women": "5"},
                row_version=version,
                by=cast.secretary,
                now=NOW,
            )
        assert (conflict.value.theirs, conflict.value.yours) == ({"women": "3"}, {"women": "5"})

    def test_refused_input_with_a_null_character_is_kept_readable(self, draft, cast):
        """PostgreSQL stores no NUL: the place is marked, the rest of the text stays."""
        result = save(draft, "operations", {"office_address": "甲\x00路"}, cast.clerk, NOW)
        assert "不能保存的字符" in result.refused["office_address"]
        draft.operations.refresh_from_db()
        assert draft.operations.raw_input["office_address"]["text"] == "甲\ufffd路"

    def test_a_refused_field_is_shown_until_it_is_mended(self, draft, cast):
        """A condition that ends meanwhile must not hide what blocks 送审签."""
        save(draft, "operations", {"evaluation_grade": "5A"}, cast.clerk, NOW)
        save(draft, "operations", {"evaluation_valid_to": "去年"}, cast.clerk, NOW)
        save(draft, "operations", {"evaluation_grade": "none"}, cast.clerk, NOW)
        snapshot = load_snapshot(draft, AS_OF)
        spec = next(f for f in FIELDS["operations"] if f.name == "evaluation_valid_to")
        assert is_shown(spec, snapshot, snapshot.operations)
        save(draft, "operations", {"evaluation_valid_to": ""}, cast.clerk, NOW)
        snapshot = load_snapshot(draft, AS_OF)
        assert not is_shown(spec, snapshot, snapshot.operations)

    def test_tables_do_not_disturb_each_other(self, draft, cast):
        version = draft.sections.get(code="members").row_version
        save(draft, "staff", {"women": "3"}, cast.clerk, NOW)
        assert draft.sections.get(code="members").row_version == version

    def test_unknown_keys_are_ignored(self, draft, cast):
        save(draft, "staff", {"sealed": "1", "ledger_id": "999", "women": "2"}, cast.clerk, NOW)
        row = LedgerStaff.objects.get(ledger=draft)
        assert (row.sealed, row.women) == (False, 2)

    def test_a_note_on_the_table(self, draft, cast):
        version = draft.sections.get(code="staff").row_version
        actions.save_note(
            ledger=draft,
            section="staff",
            note=" 新聘一人 ",
            row_version=version,
            by=cast.clerk,
            now=NOW,
        )
        assert draft.sections.get(code="staff").note == "新聘一人"

    def test_completeness_counts_conditional_fields_only_while_they_hold(self, draft, cast):
        """R-LED-01."""
        save(draft, "staff", STAFF, cast.clerk, NOW)
        full = completeness(load_snapshot(draft, AS_OF))["staff"].required
        save(draft, "staff", {"secretariat_exists": "no"}, cast.clerk, NOW)
        reduced = completeness(load_snapshot(draft, AS_OF))["staff"].required
        hidden = [f for f in FIELDS["staff"] if f.required == "secretariat_exists"]
        assert full - reduced == len(hidden) == 15

    def test_reported_nought_and_inapplicable_are_filled(self, draft, cast):
        save(draft, "staff", STAFF, cast.clerk, NOW)
        for typed, filled in (
            ({"retired": "0"}, 0),
            ({"retired": "", "retired_na": "1"}, 0),
            ({"retired": "", "retired_na": ""}, -1),
        ):
            count = save(draft, "staff", typed, cast.clerk, NOW).completeness["staff"]
            assert count.filled - count.required == filled

    @pytest.mark.parametrize(
        ("value", "state"), [(None, "reported"), (0, "missing"), (3, "not_applicable")]
    )
    def test_value_and_state_belong_together_in_the_database(self, draft, value, state):
        """D-4: NULL alone is never a state."""
        with pytest.raises(IntegrityError, match="staff_women_state"), transaction.atomic():
            LedgerStaff.objects.filter(ledger=draft).update(women=value, women_state=state)
        with pytest.raises(IntegrityError), transaction.atomic():
            LedgerStaff.objects.filter(ledger=draft).update(women=-1, women_state="reported")

    def test_after_signing_the_database_keeps_the_arithmetic(self, society, cast, period):
        ledger = make_ledger(society, period, cast=cast, state=LedgerState.FILED)
        for change in ({"women": 8}, {"part_time_staff": 2}, {"standing_council_members": 59}):
            with pytest.raises(IntegrityError), transaction.atomic():
                LedgerStaff.objects.filter(ledger=ledger).update(**change)
        actions.return_to_society(ledger=ledger, reason="核对", by=cast.reviewer, now=NOW)
        assert LedgerStaff.objects.filter(ledger=ledger).update(women=8) == 1


# --- rows -----------------------------------------------------------------------------------------
@pytest.mark.django_db
class TestRows:
    def version(self, draft, code="leaders"):
        return draft.sections.get(code=code).row_version

    def names(self, draft):
        return [row.name for row in LedgerLeader.living.filter(ledger=draft)]

    @pytest.fixture
    def three(self, draft, cast):
        pks = [add_row(draft, "leaders", cast.clerk, NOW) for _ in "甲乙丙"]
        for pk, name in zip(pks, "甲乙丙", strict=True):
            save_row(draft, "leaders", pk, {"name": name}, cast.clerk, NOW)
        return pks

    def do(self, verb, draft, cast, row, **more):
        return verb(
            ledger=draft,
            table="leaders",
            row_id=row,
            row_version=self.version(draft),
            by=cast.clerk,
            now=NOW,
            **more,
        )

    def test_move_copy_remove_and_undo(self, draft, cast, three):
        self.do(actions.move_row, draft, cast, three[2], up=True)
        assert self.names(draft) == ["甲", "丙", "乙"]
        self.do(actions.move_row, draft, cast, three[0], up=True)
        assert self.names(draft) == ["甲", "丙", "乙"], "at the edge nothing moves"
        add_row(draft, "leaders", cast.clerk, NOW, copy_of=three[0])
        assert self.names(draft) == ["甲", "丙", "乙", "甲"]
        self.do(actions.remove_row, draft, cast, three[1])
        assert self.names(draft) == ["甲", "丙", "甲"]
        self.do(actions.restore_row, draft, cast, three[1])
        assert sorted(self.names(draft)) == sorted("甲乙丙甲")

    def test_removed_rows_go_when_the_ledger_is_sent(self, society, cast, period):
        ledger = make_ledger(society, period, cast=cast)
        row = add_row(ledger, "leaders", cast.clerk, NOW)
        self.do(actions.remove_row, ledger, cast, row)
        actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)
        assert ledger.leaders.count() == 1

    def test_a_foreign_row_does_not_exist(self, draft, cast, three):
        other = make_society()
        foreign_cast = make_cast(other)
        foreign = actions.ensure_draft(
            society=other, period=make_period(other.federation), by=foreign_cast.clerk, now=NOW
        )
        with pytest.raises(ActionRefused, match="该行已不存在"):
            save_row(foreign, "leaders", three[0], {"name": "丁"}, foreign_cast.clerk, NOW)
        assert self.names(draft) == ["甲", "乙", "丙"]

    def test_a_stale_row_is_a_conflict(self, draft, cast, three):
        version = self.version(draft)
        save_row(draft, "leaders", three[0], {"name": "丁"}, cast.clerk, NOW)
        with pytest.raises(actions.StaleSection) as conflict:
            actions.save_row(
                ledger=draft,
                table="leaders",
                row_id=three[0],
                values={"name": "戊"},
                row_version=version,
                by=cast.secretary,
                now=NOW,
            )
        assert conflict.value.theirs == {"name": "丁"}

    def test_refused_input_of_a_row_survives(self, draft, cast, three):
        result = save_row(draft, "leaders", three[0], {"birth_year": "六八"}, cast.clerk, NOW)
        assert result.refused == {"birth_year": "出生年应为四位年份，如 1968"}
        assert LedgerLeader.objects.get(pk=three[0]).raw_input["birth_year"]["text"] == "六八"


@pytest.mark.django_db
def test_reasons_may_be_set_for_many_society_branches_at_once(society, cast, period):
    for _ in range(3):
        make_society_branch(society)
    draft = actions.ensure_draft(society=society, period=period, by=cast.clerk, now=NOW)
    rows = list(draft.not_established.filter(tier=3).values_list("pk", flat=True))
    assert len(rows) == 3

    def set_reason(row_ids, reason):
        return actions.set_branch_reasons(
            ledger=draft,
            row_ids=row_ids,
            reason=reason,
            row_version=draft.sections.get(code="not_established").row_version,
            by=cast.clerk,
            now=NOW,
        )

    set_reason(rows[:2], "NE01")
    assert draft.not_established.filter(primary_reason="NE01").count() == 2
    for bad in ([], [0], [rows[0], 0]):
        with pytest.raises(ActionRefused, match="勾选"):
            set_reason(bad, "NE01")
    with pytest.raises(ActionRefused, match="从列表中选择"):
        set_reason(rows, "NE00")
    section = draft.sections.get(code="not_established")
    assert (section.required, section.is_complete) == (0, True)


@pytest.mark.django_db
def test_a_section_never_counts_more_than_it_asks(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerSection.objects.filter(ledger=draft).update(filled=2, required=1)


# --- golden ---------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_published_figures_of_seed_004():
    """R-LED-04: 5600余 members, 16 groups, 21 society branches, 7 full-time; the rest is 未报."""
    from branches.models import OrganisationService
    from branches.rules import branch_is_possible, needs_branch_committee
    from tests.factories import make_organisation

    society = make_society(founded_year=1980)
    for _ in range(21):
        make_society_branch(society)
    branch = make_organisation(society, established_on=date(2010, 1, 1))
    cast = make_cast(society)
    test_period = make_period(society.federation, date(2016, 12, 31))
    now = moment(date(2016, 12, 31))
    ledger = actions.ensure_draft(society=society, period=test_period, by=cast.clerk, now=now)
    save(
        ledger,
        "operations",
        {"individual_members": "5600", "individual_members_approximate": "1"}
        | {"group_members": "16", "society_branch_count": "21"},
        cast.clerk,
        now,
    )
    save(ledger, "staff", {"secretariat_exists": "yes", "full_time_staff": "7"}, cast.clerk, now)
    result = save(ledger, "members", {"secretariat_full_members": "4"}, cast.clerk, now)
    row = ledger.operations
    row.refresh_from_db()
    assert (row.individual_members, row.individual_members_approximate) == (5600, True)
    assert row.journals_count_state == ValueState.MISSING
    total = sum(c.filled for c in result.completeness.values())
    assert 0 < total < sum(c.required for c in result.completeness.values())
    with pytest.raises(ActionRefused):
        actions.send_for_signature(ledger=ledger, by=cast.clerk, now=now)
    assert branch_is_possible(4)
    assert not needs_branch_committee(4)
    for day, covered in ((date(2009, 12, 31), False), (date(2010, 1, 1), True)):
        tier2 = OrganisationService.objects.filter(society=society).covering(day, tiers=[2])
        assert tier2.exists() is covered
    assert not ledger.not_established.filter(tier=2).exists()
    assert not [f for f in run_checks(result.snapshot) if f.code == "O-05"]
    assert branch.approval_number


@pytest.mark.django_db
def test_hidden_fields_follow_their_condition(draft, cast):
    fields = {f.name: f for f in FIELDS["operations"]}
    for grade, shown in (("none", False), ("4A", True)):
        save(draft, "operations", {"evaluation_grade": grade}, cast.clerk, NOW)
        snapshot = load_snapshot(draft, AS_OF)
        field = fields["evaluation_valid_to"]
        assert is_shown(field, snapshot, snapshot.operations) is shown


@pytest.mark.django_db
def test_changes_speak_of_states_in_words(society, cast, period):
    make_ledger(society, period, cast=cast, state=LedgerState.ACCEPTED)
    later = LedgerPeriod.objects.get(
        pk=make_period(society.federation, date(2026, 12, 31), opened=False).pk
    )
    draft = actions.ensure_draft(society=society, period=later, by=cast.clerk, now=NOW)
    save(draft, "members", {"floating_members": "0", "floating_members_na": ""}, cast.clerk, NOW)
    save(draft, "staff", {"retired": ""}, cast.clerk, NOW)
    save(draft, "operations", {"total_assets": "2310240.5"}, cast.clerk, NOW)
    row = LedgerLeader.living.get(ledger=draft)
    save_row(draft, "leaders", row.pk, {"name": "钱某某"}, cast.clerk, NOW)
    found = {c.name: (c.before, c.now) for c in changes(Ledger.objects.get(pk=draft.pk))}
    assert found["floating_members"] == ("不适用", "0")
    assert found["retired"] == ("2", "未报")
    assert found["total_assets"] == ("2,310,240", "2,310,240.50")
    assert found["secretary_general"] == ("赵某某", "钱某某")
