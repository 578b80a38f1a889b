"""一票否决: computed proposals and entered decisions, confirmed by two, lifted by two."""

from __future__ import annotations

from datetime import date
from itertools import combinations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from common.constraints import both_or_neither, different_users
from common.history import tracked
from societies.access import BY_SOCIETY, Owned
from societies.models import Society
from starrating.models.editions import VetoRule
from starrating.veto_querysets import VetoQuerySet

APART = "提出、核定、确认须由不同的人办理"
LIFTED_APART = "解除须由负责人提出、另一名委员确认"


class VetoState(models.TextChoices):
    """Where a veto stands; only a confirmed one acts (R-STAR-05)."""

    PROPOSED = "proposed", "否决建议，待核定"
    CONFIRMED = "confirmed", "已核定"
    DISMISSED = "dismissed", "不予否决"
    LIFTED = "lifted", "已解除"


def _user() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


def _moment() -> models.DateTimeField:
    return models.DateTimeField(null=True, blank=True)


@tracked()
class Veto(Owned, models.Model):
    """One case against one society for one rating year.

    proposed_by: None where the portal computed it (V1–V4). confirmed_by is the leader's,
    seconded_by another committee member's; both are needed. statement_until: the last day of the
    society's statement; before it, or the statement, nobody confirms. lift_by: the leader who
    proposes to lift a confirmed one, for lift_reason; it acts until closed_by, a second member,
    confirms that.
    """

    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="vetoes")
    rule = models.ForeignKey(VetoRule, on_delete=models.PROTECT, related_name="vetoes")
    year = models.PositiveSmallIntegerField("评定年度")
    state = models.CharField("状态", max_length=10, choices=VetoState, default=VetoState.PROPOSED)
    facts = models.CharField("事实", max_length=500, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    proposed_by, proposed_at = _user(), models.DateTimeField("提出时间")
    statement_until = models.DateField("陈述意见截止日")
    statement = models.CharField("学会意见", max_length=500, blank=True)
    stated_by, stated_at = _user(), _moment()
    confirmed_by, confirmed_at = _user(), _moment()
    seconded_by, seconded_at = _user(), _moment()
    lift_by, lift_at = _user(), _moment()
    lift_reason = models.CharField("解除理由", max_length=300, blank=True)
    closed_by, closed_at = _user(), _moment()
    reason = models.CharField("理由", max_length=300, blank=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.VETO_VIEW
    scope_paths = BY_SOCIETY
    objects = VetoQuerySet.as_manager()

    class Meta:
        verbose_name = "一票否决"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="veto_once",
                fields=["society", "rule", "year"],
                condition=Q(state__in=("proposed", "confirmed")),
                violation_error_message="该学会本年度已有同一情形的否决建议",
            ),
            *(
                different_users(f"veto_{a}_not_{b}"[:60], a, b, APART)
                for a, b in combinations(
                    ("proposed_by", "stated_by", "confirmed_by", "seconded_by"), 2
                )
            ),
            models.CheckConstraint(
                name="veto_acts_by_two",
                condition=~Q(state=VetoState.CONFIRMED)
                | Q(confirmed_by__isnull=False, seconded_by__isnull=False),
            ),
            models.CheckConstraint(
                name="veto_closed_with_reason",
                condition=Q(state__in=("proposed", "confirmed"), closed_by__isnull=True, reason="")
                | (Q(state__in=("dismissed", "lifted"), closed_by__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="veto_lift_has_reason",
                condition=Q(lift_by__isnull=True, lift_reason="")
                | (
                    Q(lift_by__isnull=False, state__in=("confirmed", "lifted")) & ~Q(lift_reason="")
                ),
            ),
            models.CheckConstraint(
                name="veto_lifted_by_two",
                condition=~Q(state=VetoState.LIFTED)
                | Q(lift_by__isnull=False, closed_by__isnull=False),
            ),
            different_users("veto_lift_by_not_closed_by", "lift_by", "closed_by", LIFTED_APART),
            both_or_neither("veto_lift", "lift_by", "lift_at", "解除建议"),
            both_or_neither("veto_stated", "stated_by", "stated_at", "陈述意见"),
            both_or_neither("veto_confirmed", "confirmed_by", "confirmed_at", "核定"),
            both_or_neither("veto_seconded", "seconded_by", "seconded_at", "确认"),
        ]

    def __str__(self) -> str:
        return f"{self.society_id} {self.year}"

    @property
    def lift_waits(self) -> bool:
        """Whether the leader's proposal to lift it waits for a second member."""
        return self.state == VetoState.CONFIRMED and self.lift_by_id is not None

    def heard_by(self, on: date) -> bool:
        """Whether the society has spoken, or had its days."""
        return self.stated_at is not None or on > self.statement_until
