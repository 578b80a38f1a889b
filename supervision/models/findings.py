"""问题: what a check or the committee found, its rectification, and its history (R-SUP-06)."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.constraints import both_or_neither, different_users, insert_only
from common.history import tracked
from societies.access import BY_SOCIETY, Owned
from societies.models import Appointment, Federation, Society
from supervision.finding_querysets import FindingPartQuerySet, FindingQuerySet
from supervision.models.batches import InspectionBatch
from supervision.models.checks import SpotCheck
from supervision.models.editions import FindingSeverity, SeverityRule


class FindingState(models.TextChoices):
    """Where a finding stands; R-SUP-06's states and the signatures between them."""

    ISSUED = "issued", "已下发，待确认"
    ACCEPTED = "accepted", "待报方案"
    PLAN_TO_SIGN = "plan_to_sign", "方案待审签"
    PLAN_FILED = "plan_filed", "待确定完成日期"
    RECTIFYING = "rectifying", "整改中"
    EVIDENCE_TO_SIGN = "evidence_to_sign", "整改情况待审签"
    SUBMITTED = "submitted", "待复查"
    VERIFIED = "verified", "已复查，待销号"
    CLOSED = "closed", "已销号"
    SENT_BACK = "sent_back", "复查退回"


class FindingSource(models.TextChoices):
    """Where it comes from (R-SUP-06)."""

    BATCH = "batch", "督导抽查"
    SELF = "self", "学会自查"
    NEGATIVE_LIST = "negative_list", "负面清单"
    CAMPAIGN = "campaign", "主题教育"


# Who acts on one finding: pairwise different users (roles.md §2.1, §3).
ACTS = (
    *("issued", "accepted", "plan_sent", "plan_signed", "agreed", "measured"),
    *("measure_signed", "sent", "signed", "verified", "closed"),
)
APART = "问题的提出、整改报送、审签、复查、销号须由不同的人办理"
_PAIRS = (
    *(("plan_sent", "plan_signed"), ("measured", "measure_signed"), ("sent", "signed")),
    *combinations(("issued", "signed", "verified", "closed"), 2),
    *(("sent", "verified"), ("sent", "closed"), ("issued", "agreed")),
)
# What was issued stays as it was issued.
_FIXED = (
    *("society_id", "federation_id", "code", "batch_id", "spot_check_id", "item_code", "source"),
    *("rule_id", "severity", "title", "facts", "requirement", "author_id", "issued_by_id"),
    *("issued_on", "issued_at", "measure_due"),
)
# But for the days that the leader had a plan which is sent back: they are not the society's.
_PLAN_DAY_MOVED = (
    "NEW.plan_due <> OLD.plan_due AND NOT "
    "(OLD.state = 'plan_filed' AND NEW.state = 'accepted' AND NEW.plan_due > OLD.plan_due)"
)


def _user(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
    )


def _moment(label: str) -> models.DateTimeField:
    return models.DateTimeField(label, null=True, blank=True)


def _rows(columns: tuple[str, ...]) -> str:
    new, old = (", ".join(f"{row}.{c}" for c in columns) for row in ("NEW", "OLD"))
    return f"({new}) IS DISTINCT FROM ({old})"


@tracked()
class Finding(Owned, models.Model):
    """One problem of one society and its rectification.

    batch, spot_check, item_code: empty where the committee registered it. author: who found it,
    issued_by: who sent it out; neither verifies nor closes it. rule: the days it was issued under.
    finish_due: None until the leader agrees it for 严重. All due days are calendar days, to their
    end. plan_filed_on, submitted_on: day of the standing plan and submission; sending back empties
    it, and moves plan_due or finish_due by the days that the committee had it. turn: which
    submission is being made. closed_late: the accepted submission came after finish_due.
    """

    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="findings")
    federation = models.ForeignKey(Federation, on_delete=models.PROTECT, related_name="+")
    code = models.CharField("编号", max_length=20)
    batch = models.ForeignKey(
        InspectionBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="findings"
    )
    spot_check = models.ForeignKey(
        SpotCheck, on_delete=models.PROTECT, null=True, blank=True, related_name="findings"
    )
    item_code = models.CharField("检查项", max_length=5, blank=True)
    source = models.CharField("来源", max_length=20, choices=FindingSource)
    rule = models.ForeignKey(SeverityRule, on_delete=models.PROTECT, related_name="+")
    severity = models.CharField("严重程度", max_length=10, choices=FindingSeverity)
    title = models.CharField("问题", max_length=80)
    facts = models.CharField("事实", max_length=1000)
    requirement = models.CharField("整改要求", max_length=500)
    state = models.CharField(
        "状态", max_length=20, choices=FindingState, default=FindingState.ISSUED
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="问题提出人",
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="下发人"
    )
    issued_at = models.DateTimeField("下发时间")
    issued_on = models.DateField("下发日")
    plan_due = models.DateField("报方案期限")
    measure_due = models.DateField("立即措施期限", null=True, blank=True)
    finish_due = models.DateField("完成期限", null=True, blank=True)
    responsible_post = models.CharField("责任岗位", max_length=40, blank=True)
    plan = models.CharField("整改方案", max_length=1000, blank=True)
    planned_on = models.DateField("计划完成日期", null=True, blank=True)
    plan_filed_on = models.DateField("方案报送日", null=True, blank=True)
    measure = models.CharField("立即措施", max_length=500, blank=True)
    result = models.CharField("整改情况", max_length=1000, blank=True)
    turn = models.PositiveSmallIntegerField("报送次数", default=1)
    submitted_on = models.DateField("整改情况报送日", null=True, blank=True)
    opinion = models.CharField("复查意见", max_length=500, blank=True)
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    closed_late = models.BooleanField("逾期销号", default=False)
    accepted_by, accepted_at = _user("确认人"), _moment("确认时间")
    plan_sent_by, plan_sent_at = _user("方案填报人"), _moment("方案填报时间")
    plan_signed_by, plan_signed_at = _user("方案审签人"), _moment("方案审签时间")
    agreed_by, agreed_at = _user("确定完成日期人"), _moment("确定完成日期时间")
    measured_by, measured_at = _user("立即措施填报人"), _moment("立即措施填报时间")
    measure_signed_by, measure_signed_at = _user("立即措施审签人"), _moment("立即措施审签时间")
    sent_by, sent_at = _user("整改情况填报人"), _moment("整改情况填报时间")
    signed_by, signed_at = _user("整改情况审签人"), _moment("整改情况审签时间")
    verified_by, verified_at = _user("复查人"), _moment("复查时间")
    closed_by, closed_at = _user("销号人"), _moment("销号时间")
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.FINDING_VIEW
    scope_paths = BY_SOCIETY
    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "问题"
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="finding_code_once", fields=["federation", "code"]),
            models.UniqueConstraint(
                name="finding_item_once",
                fields=["spot_check", "item_code"],
                condition=Q(spot_check__isnull=False),
                violation_error_message="该检查项已下发过问题",
            ),
            models.CheckConstraint(
                name="finding_of_batch_or_registered",
                condition=Q(source="batch", batch__isnull=False, spot_check__isnull=False)
                | (~Q(source="batch") & Q(batch__isnull=True, spot_check__isnull=True)),
            ),
            *(
                both_or_neither(f"finding_{act}", f"{act}_by", f"{act}_at", "办理")
                for act in ACTS
                if act != "issued"
            ),
            *(
                different_users(f"finding_{a}_not_{b}", f"{a}_by", f"{b}_by", APART)
                for a, b in _PAIRS
            ),
            *(
                different_users(f"finding_author_not_{b}", "author", f"{b}_by", APART)
                for b in ("sent", "signed", "verified", "closed")
            ),
            models.CheckConstraint(
                name="finding_submitted_is_signed",
                condition=~Q(state__in=("submitted", "verified", "closed"))
                | Q(submitted_on__isnull=False, signed_by__isnull=False, finish_due__isnull=False),
            ),
            models.CheckConstraint(
                name="finding_verified_by_somebody",
                condition=~Q(state__in=("verified", "closed")) | Q(verified_by__isnull=False),
            ),
            models.CheckConstraint(
                name="finding_closed_by_somebody",
                condition=Q(state="closed", closed_by__isnull=False)
                | (~Q(state="closed") & Q(closed_by__isnull=True, closed_late=False)),
            ),
            models.CheckConstraint(
                name="finding_closed_late_is_late",
                condition=~Q(state="closed")
                | Q(closed_late=True, submitted_on__gt=F("finish_due"))
                | Q(closed_late=False, submitted_on__lte=F("finish_due")),
            ),
        ]
        indexes = [models.Index(fields=["society", "state"], name="finding_of_society")]
        triggers = [
            pgtrigger.Trigger(
                name="issued_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=(
                    f"IF TG_OP = 'DELETE' OR {_rows(_FIXED)} OR {_PLAN_DAY_MOVED} "
                    "OR OLD.state = 'closed' THEN "
                    "RAISE EXCEPTION '问题下发后不能改动或删除，销号后不再变化' "
                    "USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether anything of it can still be done."""
        return self.state != FindingState.CLOSED

    @property
    def is_grave(self) -> bool:
        """严重: immediate measures, a day set by the leader, closed by the leader."""
        return self.severity == FindingSeverity.GRAVE

    def days_late(self, on: date) -> int:
        """Calendar days past its finish day, as `with_overdue` counts them."""
        if self.finish_due is None:
            return 0
        return max((min(self.submitted_on or on, on) - self.finish_due).days, 0)

    def plan_days_late(self, on: date) -> int:
        """Calendar days that the plan came, or is, after its day."""
        return max((min(self.plan_filed_on or on, on) - self.plan_due).days, 0)


class FindingStep(Owned, models.Model):
    """One step of a finding; never changed, never deleted."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="steps")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField("环节", max_length=30)
    from_state = models.CharField(max_length=20, choices=FindingState, blank=True)
    to_state = models.CharField(max_length=20, choices=FindingState)
    text = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    read_permission = Permission.FINDING_VIEW
    scope_paths = BY_SOCIETY
    objects = FindingPartQuerySet.as_manager()

    class Meta:
        verbose_name = "整改记录"
        ordering = ["-at", "-pk"]
        triggers = [insert_only("整改记录")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.verb}"
