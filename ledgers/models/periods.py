"""Periods of the half-year ledger, and who owed one (R-LED-05…07)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.constraints import both_or_neither, different_users
from common.history import tracked
from common.periods import half_year_label
from ledgers.models.editions import LedgerEdition
from ledgers.querysets.periods import (
    ExpectedFilingQuerySet,
    LedgerPeriodQuerySet,
)
from societies.access import BY_SOCIETY, Owned, ScopePaths
from societies.models import Federation, Society


class FilingWindow(models.TextChoices):
    """Where a day lies in a period (EX-10)."""

    EARLY = "early", "未到报送日"
    ON_TIME = "on_time", "按期"
    GRACE = "grace", "宽限期内"
    LATE = "late", "逾期"
    CLOSED = "closed", "已关闭报送"


def user_column() -> models.ForeignKey:
    """Who took a step; empty while nobody has."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


def _refusal(name: str, prefix: str = "") -> list[models.CheckConstraint]:
    """The leader's last no to a proposal: by whom and when, whose it was, and why."""
    by, at, proposer, reason = (
        f"{prefix}{column}"
        for column in ("refused_by", "refused_at", "refused_proposer", "refusal_reason")
    )
    return [
        both_or_neither(f"{name}_refusal", by, at, "不同意不完整"),
        models.CheckConstraint(
            name=f"{name}_refusal_has_reason",
            condition=Q(**{f"{at}__isnull": True})
            | (Q(**{f"{proposer}__isnull": False}) & ~Q(**{reason: ""})),
            violation_error_message="不同意须写明原因",
        ),
        different_users(f"{name}_refused_by_another", proposer, by, "提请人与决定人须为两人"),
    ]


@tracked(exclude=["last_serial"])
class LedgerPeriod(Owned, models.Model):
    """One half-year of one federation; before its as-of day only working drafts exist.

    proposed_*: the proposal to close that waits or was agreed to; empty once refused or withdrawn.
    refused_*: the leader's last no; it stays when another proposal follows.
    """

    federation = models.ForeignKey(
        Federation, on_delete=models.PROTECT, related_name="ledger_periods"
    )
    edition = models.ForeignKey(LedgerEdition, on_delete=models.PROTECT, related_name="periods")
    key = models.CharField("期次", max_length=10)
    as_of = models.DateField("截止日")
    due_on = models.DateField("报送期限")
    grace_until = models.DateField("宽限至")
    closes_on = models.DateField("关闭报送日", help_text="当日仍可报送")
    is_provisional = models.BooleanField("暂算", default=False, help_text="缺当年节假日表")
    opened_at = models.DateTimeField("开期时间", null=True, blank=True)
    proposed_by = user_column()
    proposed_at = models.DateTimeField("提请定格时间", null=True, blank=True)
    refused_by, refused_proposer = user_column(), user_column()
    refused_at = models.DateTimeField("不同意定格时间", null=True, blank=True)
    refusal_reason = models.CharField("不同意定格原因", max_length=200, blank=True)
    closed_by = user_column()
    closed_at = models.DateTimeField("定格时间", null=True, blank=True)
    last_serial = models.PositiveIntegerField(default=0, editable=False)

    read_permission = Permission.LEDGER_VIEW
    scope_paths = ScopePaths(federation="federation_id", society="federation__societies")
    objects = LedgerPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "台账期次"
        verbose_name_plural = "台账期次"
        ordering = ["federation_id", "-as_of"]
        constraints = [
            models.UniqueConstraint(name="ledger_period_once", fields=["federation", "key"]),
            models.UniqueConstraint(
                name="ledger_period_as_of_once", fields=["federation", "as_of"]
            ),
            models.CheckConstraint(
                name="ledger_period_days_in_order",
                condition=Q(as_of__lt=F("due_on"))
                & Q(due_on__lte=F("grace_until"))
                & Q(grace_until__lte=F("closes_on")),
            ),
            both_or_neither("ledger_period_proposal", "proposed_by", "proposed_at", "提请不完整"),
            both_or_neither("ledger_period_closing", "closed_by", "closed_at", "定格不完整"),
            models.CheckConstraint(
                name="ledger_period_closed_after_proposal",
                condition=Q(closed_at__isnull=True) | Q(proposed_at__isnull=False),
                violation_error_message="定格须先由审核员提请",
            ),
            different_users(
                "ledger_period_four_eyes", "proposed_by", "closed_by", "提请人与定格人须为两人"
            ),
            *_refusal("ledger_period"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """2026 年下半年."""
        return half_year_label(self.key)

    @property
    def title(self) -> str:
        """2026 年下半年“五个清”台账 (rules §18)."""
        return f"{self.label}“五个清”台账"

    @property
    def opens_on(self) -> date:
        """The first day of 报送: the as-of day itself (R-LED-06)."""
        return self.as_of

    def window(self, on: date) -> FilingWindow:
        """Where a Shanghai day lies (R-LED-07)."""
        if on < self.opens_on:
            return FilingWindow.EARLY
        if on <= self.due_on:
            return FilingWindow.ON_TIME
        if on <= self.grace_until:
            return FilingWindow.GRACE
        return FilingWindow.LATE if on <= self.closes_on else FilingWindow.CLOSED


@tracked()
class ExpectedFiling(Owned, models.Model):
    """A society that owed a ledger in a period, written down on its as-of day (D-5).

    exemption_proposed_*, exemption_refused_*: as the proposals of `LedgerPeriod`; exempt_reason is
    what was proposed last.
    """

    period = models.ForeignKey(LedgerPeriod, on_delete=models.PROTECT, related_name="expected")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="expected_filings")
    exempt_reason = models.CharField("免报原因", max_length=200, blank=True)
    exemption_proposed_by = user_column()
    exemption_proposed_at = models.DateTimeField("提请免报时间", null=True, blank=True)
    exemption_refused_by, exemption_refused_proposer = user_column(), user_column()
    exemption_refused_at = models.DateTimeField("不同意免报时间", null=True, blank=True)
    exemption_refusal_reason = models.CharField("不同意免报原因", max_length=200, blank=True)
    exemption_decided_by = user_column()
    exemption_decided_at = models.DateTimeField("决定免报时间", null=True, blank=True)

    read_permission = Permission.LEDGER_VIEW
    scope_paths = BY_SOCIETY
    objects = ExpectedFilingQuerySet.as_manager()

    class Meta:
        verbose_name = "应报单位"
        verbose_name_plural = "应报单位"
        ordering = ["period_id", "society_id"]
        constraints = [
            models.UniqueConstraint(name="expected_filing_once", fields=["period", "society"]),
            models.CheckConstraint(
                name="expected_filing_exemption_has_reason",
                condition=Q(exemption_proposed_at__isnull=True) | ~Q(exempt_reason=""),
                violation_error_message="免报须写明原因",
            ),
            models.CheckConstraint(
                name="expected_filing_decided_after_proposal",
                condition=Q(exemption_decided_at__isnull=True)
                | Q(exemption_proposed_at__isnull=False),
            ),
            both_or_neither(
                "expected_filing_proposal",
                "exemption_proposed_by",
                "exemption_proposed_at",
                "提请不完整",
            ),
            both_or_neither(
                "expected_filing_decision",
                "exemption_decided_by",
                "exemption_decided_at",
                "决定不完整",
            ),
            different_users(
                "expected_filing_four_eyes",
                "exemption_proposed_by",
                "exemption_decided_by",
                "提请人与决定人须为两人",
            ),
            *_refusal("expected_filing", "exemption_"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.society_id}"
