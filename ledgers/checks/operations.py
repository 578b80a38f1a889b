"""O-01 … O-24: 5.1 业务运行情况. O-04 compares with channels and belongs to supervision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from common.periods import month_end
from ledgers.checks import registration
from ledgers.checks.base import Check, E, Hit, Run, Severity, W, at_most, known_sum
from ledgers.snapshot import Snapshot

SECTION = "operations"
MEETINGS = ("council_meetings_count", "standing_council_meetings_count")
MAX_TERM_YEARS = 5
GRADE_ENDS = (12, 31)


def _negative(name: str) -> Run:
    def run(s: Snapshot) -> Iterator[Hit]:
        amount: Decimal | None = s.operations.get(name)
        if amount is not None and amount < 0:
            yield Hit()

    return run


def net_above_total(s: Snapshot) -> Iterator[Hit]:
    """O-03."""
    net, total = s.operations.get("net_assets"), s.operations.get("total_assets")
    if net is not None and total is not None and net > total:
        yield Hit({"a": f"{net:,.2f}", "b": f"{total:,.2f}"})


def branches_differ(s: Snapshot) -> Iterator[Hit]:
    """O-05."""
    a, b = s.operations.n("society_branch_count"), len(s.facts.society_branches)
    if a is not None and a != b:
        yield Hit({"a": a, "b": b})


def no_first_term(s: Snapshot) -> Iterator[Hit]:
    """O-07."""
    if s.operations.n("society_term_no") == 0:
        yield Hit()


def _term(s: Snapshot) -> tuple[date, date] | None:
    start, end = s.operations.get("term_start"), s.operations.get("term_end")
    return (start, end) if start and end else None


def term_reversed(s: Snapshot) -> Iterator[Hit]:
    """O-08."""
    term = _term(s)
    if term and term[0] >= term[1]:
        yield Hit()


def term_too_long(s: Snapshot) -> Iterator[Hit]:
    """O-09."""
    term = _term(s)
    if term is None:
        return
    months = (term[1].year - term[0].year) * 12 + term[1].month - term[0].month
    if months > MAX_TERM_YEARS * 12:
        yield Hit()


def term_over(s: Snapshot) -> Iterator[Hit]:
    """O-10: a term ends with its last month."""
    end = s.operations.get("term_end")
    if end and month_end(end) < s.as_of:
        yield Hit({"d": f"{end:%Y-%m}"})


def _answered(name: str, answer: str) -> Run:
    def run(s: Snapshot) -> Iterator[Hit]:
        if s.operations.get(name) == answer:
            yield Hit()

    return run


def _held_without_meeting(answer: str, count: str) -> Run:
    """O-12, O-13: the year's meetings are this half's and, for a second half, the first's."""

    def run(s: Snapshot) -> Iterator[Hit]:
        now = s.operations.n(count)
        if s.operations.get(answer) != "yes" or now is None:
            return
        first = s.first_half.get(SECTION)
        if now + ((first.n(count) if first else 0) or 0) == 0:
            yield Hit()

    return run


def party_reports_above_meetings(s: Snapshot) -> Iterator[Hit]:
    """O-14."""
    a, total = (
        s.operations.part("governing_meetings_with_party_report"),
        known_sum(s.operations, MEETINGS),
    )
    if a is not None and total is not None and a > total:
        yield Hit()


def inspection_to_come(s: Snapshot) -> Iterator[Hit]:
    """O-16."""
    year = s.operations.get("last_annual_inspection_year")
    if year is not None and year > s.as_of.year:
        yield Hit({"y": year})


def _grade_end(s: Snapshot) -> date | None:
    if s.operations.get("evaluation_grade") in ("", "none"):
        return None
    end: date | None = s.operations.get("evaluation_valid_to")
    return end


def grade_ends_on_another_day(s: Snapshot) -> Iterator[Hit]:
    """O-17."""
    end = _grade_end(s)
    if end and (end.month, end.day) != GRADE_ENDS:
        yield Hit()


def grade_over(s: Snapshot) -> Iterator[Hit]:
    """O-18."""
    end = _grade_end(s)
    if end and end < s.as_of:
        yield Hit({"d": end.isoformat()})


def charter_to_come(s: Snapshot) -> Iterator[Hit]:
    """O-19."""
    on = s.operations.get("charter_date")
    if s.operations.get("charter_has_party_building") == "yes" and on and on > s.as_of:
        yield Hit()


def _check(code: str, severity: Severity, name: str, message: str, run: Run) -> Check:
    return Check(code, severity, SECTION, (name,), message, run)


CHECKS: tuple[Check, ...] = (
    _check(
        "O-01",
        E,
        "annual_income",
        "上年度收入不能为负数，请按上年度决算数填写",
        _negative("annual_income"),
    ),
    _check(
        "O-02",
        E,
        "total_assets",
        "资产总额不能为负数，请按资产负债表填写",
        _negative("total_assets"),
    ),
    _check(
        "O-03", E, "net_assets", "净资产 {a} 大于资产总额 {b}，请核对两数是否填反", net_above_total
    ),
    Check(
        "O-05",
        W,
        SECTION,
        ("society_branch_count",),
        "分支机构数 {a} 与登记册 {b} 不一致，请核对；如有新设或撤销，请同时更新登记册",
        branches_differ,
        register=True,
    ),
    _check(
        "O-06",
        E,
        "society_branch_inactive_count",
        "未开展活动的分支机构 {a} 个多于分支机构总数 {b} 个，请更正其一",
        at_most(SECTION, "society_branch_inactive_count", (SECTION, "society_branch_count")),
    ),
    _check("O-07", E, "society_term_no", "理事会届次应从第 1 届起，请填写现任届次", no_first_term),
    Check(
        "O-08",
        E,
        SECTION,
        ("term_start", "term_end"),
        "本届起止时间颠倒，请检查年月",
        term_reversed,
    ),
    _check("O-09", W, "term_end", "本届任期超过 5 年，请核对；经批准延期的请注明", term_too_long),
    _check("O-10", W, "term_end", "本届任期已于 {d} 届满，请说明换届安排", term_over),
    _check(
        "O-11",
        W,
        "reelected_on_time",
        "未按期换届，请确认并在说明中写明原因或延期批复",
        _answered("reelected_on_time", "no"),
    ),
    Check(
        "O-12",
        E,
        SECTION,
        ("council_held_on_time", "council_meetings_count"),
        "填写了“按期召开理事会”，但本年会议次数为 0，请更正其一",
        _held_without_meeting("council_held_on_time", "council_meetings_count"),
    ),
    Check(
        "O-13",
        E,
        SECTION,
        ("standing_council_held_on_time", "standing_council_meetings_count"),
        "填写了“按期召开常务理事会”，但本年会议次数为 0，请更正其一",
        _held_without_meeting("standing_council_held_on_time", "standing_council_meetings_count"),
    ),
    _check(
        "O-14",
        E,
        "governing_meetings_with_party_report",
        "列入党建议题的会议多于会议总数，请核对",
        party_reports_above_meetings,
    ),
    _check(
        "O-15",
        W,
        "business_normal",
        "业务未正常开展，请确认并简要说明",
        _answered("business_normal", "no"),
    ),
    _check(
        "O-16",
        E,
        "last_annual_inspection_year",
        "年检年度 {y} 晚于截止日，请填写最近一次已有结论的年度",
        inspection_to_come,
    ),
    _check(
        "O-17",
        E,
        "evaluation_valid_to",
        "评估有效期应为 12 月 31 日，请按评估公告填写",
        grade_ends_on_another_day,
    ),
    _check(
        "O-18", W, "evaluation_valid_to", "评估等级已于 {d} 到期，请确认是否应填“无”", grade_over
    ),
    _check(
        "O-19", E, "charter_date", "章程核准日期晚于截止日，请填写已核准章程的日期", charter_to_come
    ),
    *registration.CHECKS,
)
