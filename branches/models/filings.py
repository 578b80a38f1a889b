"""What a society claims about terms and posts until it is accepted (roles.md §3, R-ORG-06…08)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import GreaterThanOrEqual

from accounts.permissions import Permission
from branches.models.members import PartyMember
from branches.models.organisations import PartyOrganisation
from branches.models.posts import Post, PostKind, PostMode
from branches.models.terms import BY_ORGANISATION, Term, TermMode
from branches.querysets_terms import PostFilingQuerySet
from common.constraints import both_or_neither, different_users
from common.history import tracked
from societies.access import Owned
from societies.models import Society


class FilingKind(models.TextChoices):
    """What a filing is about (roles.md §3)."""

    RE_ELECTION = "re_election", "换届"
    BY_ELECTION = "by_election", "补选"
    REMOVAL = "removal", "免职"
    EXTENSION = "extension", "延期换届"


class PostFilingState(models.TextChoices):
    """The chain of D-14; `to_decide` only on the way of an extension."""

    DRAFT = "draft", "填报中"
    TO_SIGN = "to_sign", "待审签"
    FILED = "filed", "已报送、待审核"
    TO_DECIDE = "to_decide", "已审核、待决定"
    ACCEPTED = "accepted", "已通过"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


EDITABLE = (PostFilingState.DRAFT, PostFilingState.RETURNED)
CLOSED = (PostFilingState.ACCEPTED, PostFilingState.WITHDRAWN)
_PASSED_SIGNATURE = (
    PostFilingState.FILED,
    PostFilingState.TO_DECIDE,
    PostFilingState.ACCEPTED,
)
STEPS = ("sent", "signed", "reviewed", "decided")


def _user() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


def _moment(label: str) -> models.DateTimeField:
    return models.DateTimeField(label, null=True, blank=True)


def _steps_needed(name: str, condition: Q, *steps: str) -> models.CheckConstraint:
    filled: dict[str, Any] = {f"{step}_by__isnull": False for step in steps}
    return models.CheckConstraint(name=name, condition=~condition | Q(**filled))


@tracked()
class PostFiling(Owned, models.Model):
    """One filing of an organisation; what it asks for depends on its kind.

    held_on: the day of the election, appointment, by-election, or the last day in office of those
    who leave. term: the term extended, supplemented, or written by the acceptance. The user columns
    hold the latest round. more_seats_reason: why a branch has more than seven (R-ORG-06).
    """

    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.PROTECT, related_name="post_filings"
    )
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="post_filings")
    kind = models.CharField("事项", max_length=15, choices=FilingKind)
    state = models.CharField(
        "状态", max_length=10, choices=PostFilingState, default=PostFilingState.DRAFT
    )
    term = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="filings"
    )
    held_on = models.DateField("日期", null=True, blank=True)
    term_no = models.PositiveSmallIntegerField("届次", null=True, blank=True)
    term_years = models.PositiveSmallIntegerField("任期（年）", null=True, blank=True)
    council_ends_on = models.DateField("理事会届满日期", null=True, blank=True)
    seats = models.PositiveSmallIntegerField("委员会职数", null=True, blank=True)
    more_seats_reason = models.CharField("超过 7 人的理由", max_length=200, blank=True)
    mode = models.CharField("产生方式", max_length=10, choices=TermMode, default=TermMode.ELECTED)
    entitled = models.PositiveIntegerField("应到会有选举权人数", null=True, blank=True)
    present = models.PositiveIntegerField("实到会有选举权人数", null=True, blank=True)
    document_number = models.CharField("文号", max_length=50, blank=True)
    extended_to = models.DateField("延期至", null=True, blank=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    sent_by, sent_at = _user(), _moment("送审签时间")
    signed_by, signed_at = _user(), _moment("审签报送时间")
    reviewed_by, reviewed_at = _user(), _moment("审核时间")
    decided_by, decided_at = _user(), _moment("决定时间")
    returned_by, returned_at = _user(), _moment("退回时间")
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.POST_VIEW
    scope_paths = BY_ORGANISATION
    objects = PostFilingQuerySet.as_manager()

    class Meta:
        verbose_name = "任期与职务报送"
        verbose_name_plural = "任期与职务报送"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="post_filing_one_open",
                fields=["organisation", "kind"],
                condition=~Q(state__in=CLOSED),
                violation_error_message="该党组织同一事项已有办理中的报送，请先办结或撤回",
            ),
            both_or_neither(
                "post_filing_returned_with_moment", "returned_by", "returned_at", "退回须记明时间"
            ),
            _steps_needed("post_filing_to_sign_was_sent", Q(state=PostFilingState.TO_SIGN), "sent"),
            _steps_needed(
                "post_filing_filed_was_signed", Q(state__in=_PASSED_SIGNATURE), "sent", "signed"
            ),
            _steps_needed(
                "post_filing_passed_was_reviewed",
                Q(state__in=(PostFilingState.TO_DECIDE, PostFilingState.ACCEPTED)),
                "reviewed",
            ),
            _steps_needed(
                "post_filing_extension_was_decided",
                Q(state=PostFilingState.ACCEPTED, kind=FilingKind.EXTENSION),
                "decided",
            ),
            models.CheckConstraint(
                name="post_filing_meeting_was_valid",
                condition=Q(state__in=(*EDITABLE, PostFilingState.WITHDRAWN))
                | ~Q(kind__in=(FilingKind.RE_ELECTION, FilingKind.BY_ELECTION))
                | Q(mode=TermMode.APPOINTED)
                | Q(
                    Q(entitled__isnull=False, present__isnull=False, present__lte=F("entitled")),
                    GreaterThanOrEqual(F("present") * 5, F("entitled") * 4),
                ),
                violation_error_message="实到会有选举权人数不足应到人数的五分之四，选举无效",
            ),
            *(
                different_users(
                    f"post_filing_{a}_is_not_{b}", f"{a}_by", f"{b}_by", "各环节须由不同的人办理"
                )
                for a, b in combinations(STEPS, 2)
            ),
        ]
        indexes = [models.Index(fields=["state", "signed_at"], name="post_filing_queue")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}报送 {self.pk}"

    @property
    def is_editable(self) -> bool:
        """Whether the society may change it."""
        return self.state in EDITABLE


@tracked()
class PostFilingSeat(models.Model):
    """One person of a filing: who takes which seat, or whose post ends (`post`).

    also_kind: a second post the person holds. votes: in favour, for those elected (R-ORG-08).
    member: who it is on the register, where the organisation keeps one (R-ORG-07).
    """

    filing = models.ForeignKey(PostFiling, on_delete=models.CASCADE, related_name="seat_rows")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField("职务", max_length=25, choices=PostKind, blank=True)
    also_kind = models.CharField("兼任", max_length=25, choices=PostKind, blank=True)
    person_name = models.CharField("姓名", max_length=50, blank=True)
    member = models.ForeignKey(
        PartyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    mode = models.CharField("产生方式", max_length=10, choices=PostMode, default=PostMode.ELECTED)
    votes = models.PositiveIntegerField("赞成票", null=True, blank=True)
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "报送人选"
        verbose_name_plural = "报送人选"
        ordering = ["filing_id", "position"]
        constraints = [
            models.UniqueConstraint(name="post_filing_seat_once", fields=["filing", "position"])
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.person_name}"
