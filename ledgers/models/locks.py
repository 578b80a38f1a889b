"""Exceptions from the lock of a closed period (R-LED-07)."""

from __future__ import annotations

from datetime import date
from functools import reduce
from itertools import combinations
from operator import or_

from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from common.constraints import both_or_neither, different_users
from common.history import tracked
from ledgers.models.periods import LedgerPeriod, user_column
from ledgers.querysets.periods import LockExceptionQuerySet
from societies.access import BY_SOCIETY, Owned
from societies.models import Society


class LockState(models.TextChoices):
    """Steps of a lock exception (roles.md §3)."""

    REQUESTED = "requested", "已申请，待书记审签"
    COUNTERSIGNED = "countersigned", "已审签，待审核"
    REVIEWED = "reviewed", "已审核，待决定"
    GRANTED = "granted", "已批准"
    REFUSED = "refused", "未批准"


# Each step has its columns `<step>_by` and `<step>_at`.
LOCK_STEPS = ("requested", "countersigned", "reviewed", "decided")


_STEPS_BEFORE = {
    LockState.REQUESTED: 1,
    LockState.COUNTERSIGNED: 2,
    LockState.REVIEWED: 3,
    LockState.GRANTED: 4,
    LockState.REFUSED: 4,
}


def _has_steps() -> Q:
    """Every state has the users of the steps that lead to it."""
    return reduce(
        or_,
        (
            Q(state=state, **{f"{step}_by__isnull": False for step in LOCK_STEPS[:count]})
            for state, count in _STEPS_BEFORE.items()
        ),
    )


@tracked()
class LockException(Owned, models.Model):
    """Leave to file after the closing day: per society, with reason and last day (R-LED-07)."""

    period = models.ForeignKey(LedgerPeriod, on_delete=models.PROTECT, related_name="exceptions")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="lock_exceptions")
    state = models.CharField("状态", max_length=20, choices=LockState, default=LockState.REQUESTED)
    reason = models.CharField("补报原因", max_length=300)
    until = models.DateField("补报截止日", help_text="当日仍可报送")
    refusal_reason = models.CharField("不批准原因", max_length=300, blank=True)
    requested_by = user_column()
    requested_at = models.DateTimeField("申请时间", null=True, blank=True)
    countersigned_by = user_column()
    countersigned_at = models.DateTimeField("审签时间", null=True, blank=True)
    reviewed_by = user_column()
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    decided_by = user_column()
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)

    read_permission = Permission.LEDGER_VIEW
    scope_paths = BY_SOCIETY
    objects = LockExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = "补报开锁"
        verbose_name_plural = "补报开锁"
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                name="lock_exception_one_pending",
                fields=["period", "society"],
                condition=Q(
                    state__in=[LockState.REQUESTED, LockState.COUNTERSIGNED, LockState.REVIEWED]
                ),
                violation_error_message="本期已有办理中的补报申请",
            ),
            models.CheckConstraint(name="lock_exception_has_its_steps", condition=_has_steps()),
            models.CheckConstraint(name="lock_exception_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="lock_exception_refused_has_reason",
                condition=~Q(state=LockState.REFUSED) | ~Q(refusal_reason=""),
            ),
            *(
                both_or_neither(f"lock_exception_{a}", f"{a}_by", f"{a}_at", "办理环节不完整")
                for a in LOCK_STEPS
            ),
            *(
                different_users(
                    f"lock_exception_{a}_is_not_{b}", f"{a}_by", f"{b}_by", "各环节须由不同的人办理"
                )
                for a, b in combinations(LOCK_STEPS, 2)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.society_id} {self.until}"

    def open_on(self, on: date) -> bool:
        """Whether filing is allowed on that Shanghai day by this exception."""
        return self.state == LockState.GRANTED and on <= self.until
