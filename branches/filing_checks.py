"""What a filing about terms and posts must say before it is sent, and when it is accepted.

Errors block; warnings are shown to filer, signer and reviewer. Errors are named by the column of
the filing, or `seats-<position>-<column>` for one of its rows. Rules: R-ORG-06…08, §2.2.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from branches import rules
from branches.filing_committee import check_seats
from branches.filing_seats import check_persons, check_removed
from branches.life.known import Known
from branches.models import (
    FilingKind,
    OrganisationType,
    PartyMember,
    PartyOrganisation,
    PostFiling,
    PostFilingSeat,
    PostKind,
    Term,
    TermMode,
)
from common.periods import add_months

FIRST_DAY = date(1949, 10, 1)
WITH_PERSONS = (FilingKind.RE_ELECTION, FilingKind.BY_ELECTION)


@dataclass
class Findings:
    """What is wrong (by field) and what should be looked at."""

    errors: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def wrong(self, name: str, message: str) -> None:
        """An error at a field."""
        self.errors.setdefault(name, []).append(message)

    def look(self, message: str) -> None:
        """A warning."""
        self.warnings.append(message)


@dataclass(frozen=True)
class Claim:
    """A filing with its rows, the facts it meets, and the day it is looked at.

    term: the newest term of the organisation, None before the first. roll: who belongs to the
    organisation's life on the day filed. registered: its full members with their relation there,
    as the register counts them that day; None where it keeps none.
    """

    filing: PostFiling
    organisation: PartyOrganisation
    rows: Sequence[PostFilingSeat]
    term: Term | None
    on: date
    roll: Collection[int] = ()
    registered: int | None = None

    @property
    def is_elected(self) -> bool:
        """Whether a meeting elected, rather than a superior appointing."""
        return self.filing.mode == TermMode.ELECTED


def has_term(type: str) -> bool:
    """Whether terms are kept for the type: a 临时党支部 ends with its task body (§2.1)."""
    return type != OrganisationType.TEMPORARY_BRANCH


def claim_of(filing: PostFiling, on: date) -> Claim:
    """The filing as it stands in the database; at most six queries."""
    organisation = filing.organisation
    term = Term.objects.filter(organisation=organisation).order_by("-elected_on").first()
    rows = list(filing.seat_rows.select_related("post", "member").order_by("position"))
    if filing.held_on is None or filing.kind not in WITH_PERSONS:
        return Claim(filing, organisation, rows, term, on)
    roll = Known(organisation).roll_on(filing.held_on)
    members = PartyMember.objects.of_organisation(organisation.pk, filing.held_on).counted()
    here = members.filter(relation_here=True)
    full = here.full_on(filing.held_on).count() if roll and here.exists() else None
    return Claim(filing, organisation, rows, term, on, roll, full)


def check_filing(claim: Claim) -> Findings:
    """Everything wrong or remarkable about a filing."""
    found = Findings()
    _CHECKS[FilingKind(claim.filing.kind)](claim, found)
    return found


def _re_election(claim: Claim, found: Findings) -> None:
    filing = claim.filing
    _day(claim, found, "换届（选举）日期")
    _meeting(claim, found)
    if has_term(claim.organisation.type):
        _term(claim, found)
        _against_last_term(claim, found)
        check_seats(claim, found)
    elif claim.is_elected:
        found.wrong("mode", "临时党支部的书记由批准其成立的党组织任命，请选择“上级任命”")
    check_persons(claim, found)
    chiefs = sum(PostKind.SECRETARY in (row.kind, row.also_kind) for row in claim.rows)
    if claim.rows and chiefs != 1:
        found.wrong("persons", f"应有书记（组长）1 人，现为 {chiefs} 人")
    persons = len({row.person_name for row in claim.rows})
    if filing.seats and persons > filing.seats:
        found.wrong("seats", f"人选 {persons} 人，多于委员会职数 {filing.seats}，请更正其一")
    elif filing.seats and persons < filing.seats:
        found.look(f"职数 {filing.seats}，人选 {persons} 人，缺额 {filing.seats - persons} 人")


def _by_election(claim: Claim, found: Findings) -> None:
    _day(claim, found, "补选日期")
    _meeting(claim, found)
    check_persons(claim, found)
    held_on, term = claim.filing.held_on, claim.term
    if term is None:
        if has_term(claim.organisation.type):
            found.wrong("held_on", "还没有登记本届任期，请先报送换届")
        return
    if held_on is None:
        return
    if held_on < term.elected_on:
        found.wrong("held_on", f"补选日期早于本届起始日 {term.elected_on}")
        return
    posts = claim.organisation.posts.valid_on(held_on)
    persons = {post.person_name for post in posts} | {row.person_name for row in claim.rows}
    if len(persons) > term.seats:
        message = f"补选后 {len(persons)} 人，多于本届职数 {term.seats}；离任的请先报送免职"
        found.wrong("persons", message)


def _removal(claim: Claim, found: Findings) -> None:
    _day(claim, found, "最后在任日")
    check_removed(claim, found)


def _extension(claim: Claim, found: Findings) -> None:
    filing, term = claim.filing, claim.term
    if not filing.reason.strip():
        found.wrong("reason", "请写明延期换届的理由")
    if term is None:
        found.wrong("extended_to", "还没有登记本届任期，不能申请延期")
        return
    if term.extended_to:
        found.wrong("extended_to", f"本届已批准延期至 {term.extended_to}，不能再次延期")
        return
    latest = add_months(term.ends_on, rules.EXTENSION_MONTHS)
    if filing.extended_to is None:
        found.wrong("extended_to", "请填写延期至哪一天")
    elif not term.ends_on < filing.extended_to <= latest:
        message = f"延期应晚于届满日期 {term.ends_on}，最长 12 个月，即不晚于 {latest}"
        found.wrong("extended_to", message)


def _day(claim: Claim, found: Findings, label: str) -> None:
    held_on, organisation = claim.filing.held_on, claim.organisation
    if held_on is None:
        found.wrong("held_on", f"请填写{label}")
    elif held_on < FIRST_DAY:
        found.wrong("held_on", "日期早于 1949-10-01，请核对年份")
    elif held_on > claim.on:
        found.wrong("held_on", f"{label}晚于今天（{claim.on}），请填写已发生的日期")
    elif held_on < organisation.approved_on:
        message = f"{label}早于该党组织的批复（报备）日期 {organisation.approved_on}，请核对"
        found.wrong("held_on", message)
    elif organisation.dissolved_on and held_on >= organisation.dissolved_on:
        found.wrong("held_on", f"该党组织已于 {organisation.dissolved_on} 撤销")


def _meeting(claim: Claim, found: Findings) -> None:
    """R-ORG-08 for an election; a document for an appointment."""
    filing = claim.filing
    if not claim.is_elected:
        if not filing.document_number.strip():
            found.wrong("document_number", "上级任命的，请填写任命文号")
        return
    missing = [name for name in ("entitled", "present") if getattr(filing, name) is None]
    for name in missing:
        label = "应到会" if name == "entitled" else "实到会"
        found.wrong(name, f"请填写{label}有选举权人数")
    if missing:
        return
    present, entitled = filing.present or 0, filing.entitled or 0
    if present > entitled:
        found.wrong("present", f"实到 {present} 人多于应到 {entitled} 人，请更正其一")
    elif not rules.meeting_is_valid(present, entitled):
        message = f"实到 {present} 人，不足应到 {entitled} 人的五分之四，选举无效"
        found.wrong("present", message)


def _term(claim: Claim, found: Findings) -> None:
    filing, type = claim.filing, claim.organisation.type
    if filing.term_no is None:
        found.wrong("term_no", "请填写届次")
    elif filing.term_no < 1:
        found.wrong("term_no", "届次从 1 起")
    usual = rules.usual_term_years(type)
    if filing.term_years is None:
        found.wrong("term_years", "请填写任期年数")
    elif not 1 <= filing.term_years <= rules.MAX_TERM_YEARS:
        found.wrong("term_years", f"任期应为 1 至 {rules.MAX_TERM_YEARS} 年")
    elif filing.term_years != usual and type in rules.TYPES_WITH_TERM:
        label = claim.organisation.get_type_display()
        found.look(f"{label}任期一般为 {usual} 年，现填 {filing.term_years} 年，请核对")
    _council(claim, found)


def _council(claim: Claim, found: Findings) -> None:
    filing, ends_on = claim.filing, claim.filing.council_ends_on
    if ends_on is None or filing.held_on is None:
        return
    if claim.organisation.type != OrganisationType.FUNCTIONAL_COMMITTEE:
        found.wrong("council_ends_on", "只有学会党委（功能型）随理事会任期，其他党组织请留空")
    elif not filing.held_on <= ends_on <= add_months(filing.held_on, 12 * rules.MAX_TERM_YEARS):
        message = f"理事会届满日期应在换届日期之后 {rules.MAX_TERM_YEARS} 年以内，请核对"
        found.wrong("council_ends_on", message)


def _against_last_term(claim: Claim, found: Findings) -> None:
    """Later than the last election; earlier than its end only by approval (§2.2)."""
    filing, term = claim.filing, claim.term
    if term is None or filing.held_on is None:
        return
    if filing.term_no is not None and filing.term_no <= term.term_no:
        found.wrong("term_no", f"届次应大于已登记的第 {term.term_no} 届")
    if filing.held_on <= term.elected_on:
        found.wrong("held_on", f"日期应晚于上届换届日期 {term.elected_on}")
    elif add_months(filing.held_on, rules.EXTENSION_MONTHS) < term.ends_on:
        message = f"上届 {term.ends_on} 届满，提前换届不得超过 12 个月"
        found.wrong("held_on", message)
    elif filing.held_on < term.ends_on and not filing.document_number.strip():
        message = f"上届 {term.ends_on} 届满，提前换届须填写批准文号"
        found.wrong("document_number", message)


_CHECKS: dict[FilingKind, Callable[[Claim, Findings], None]] = {
    FilingKind.RE_ELECTION: _re_election,
    FilingKind.BY_ELECTION: _by_election,
    FilingKind.REMOVAL: _removal,
    FilingKind.EXTENSION: _extension,
}
