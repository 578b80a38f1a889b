"""One version of one society's ledger for one period, and the state of its five sections."""

from __future__ import annotations

from itertools import combinations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from common.constraints import both_or_neither, different_users
from common.history import tracked
from ledgers.models.periods import LedgerPeriod
from ledgers.querysets.ledgers import LedgerQuerySet
from ledgers.triggers import accepted_is_immutable, part_of_accepted_is_immutable
from societies.access import BY_SOCIETY, Owned
from societies.models import Society


class LedgerState(models.TextChoices):
    """D-14; `to_decide` and `abandoned` only on the way of a restatement (R-LED-10)."""

    DRAFT = "draft", "填报中"
    TO_SIGN = "to_sign", "待审签"
    FILED = "filed", "已报送、待审核"
    TO_DECIDE = "to_decide", "已审核、待决定"
    ACCEPTED = "accepted", "已通过"
    RETURNED = "returned", "已退回"
    ABANDONED = "abandoned", "已放弃"


EDITABLE_STATES = (LedgerState.DRAFT, LedgerState.RETURNED)
# Nothing happens to these any more.
ENDED_STATES = (LedgerState.ACCEPTED, LedgerState.ABANDONED)


class ReturnStage(models.TextChoices):
    """Who returned a version."""

    SOCIETY = "society", "书记退回填报人"
    COMMITTEE = "committee", "审核员退回学会"


class Section(models.TextChoices):
    """The five clears (003§5(1)), in the seed's order."""

    OPERATIONS = "operations", "业务运行情况清"
    STAFF = "staff", "职工队伍情况清"
    MEMBERS = "members", "党员队伍情况清"
    LEADERS = "leaders", "负责人情况清"
    NOT_ESTABLISHED = "not_established", "未建党组织原因清"


def _user() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


def _needs(name: str, states: tuple[str, ...], *columns: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=~Q(state__in=states) | Q(**{f"{column}__isnull": False for column in columns}),
    )


# 编报 (asked for, sent), 审签, 审核, 决定: who asked may send too, the others are all different.
FOUR_EYES = tuple(
    pair
    for pair in combinations(("restated", "sent", "signed", "reviewed", "decided"), 2)
    if pair != ("restated", "sent")
)
_PASSED_SIGNATURE = (LedgerState.FILED, LedgerState.TO_DECIDE, LedgerState.ACCEPTED)


@tracked()
class Ledger(Owned, models.Model):
    """One version; version 1 is the filing, later ones are restatements (更正).

    An abandoned restatement keeps its number: the next one is counted on from it.
    The user columns hold the latest round: a resubmission is signed again. `first_filed_at` stays,
    `counted_filed_at` is the moment compared with the due day (R-LED-08).
    """

    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="ledgers")
    period = models.ForeignKey(LedgerPeriod, on_delete=models.PROTECT, related_name="ledgers")
    version = models.PositiveSmallIntegerField("版本", default=1)
    number = models.CharField("编号", max_length=30)
    state = models.CharField("状态", max_length=20, choices=LedgerState, default=LedgerState.DRAFT)
    restatement_reason = models.CharField("更正原因", max_length=300, blank=True)
    restated_by = _user()  # asked for the 更正; when, says the version's first step
    sent_by, sent_at = _user(), models.DateTimeField("送审签时间", null=True, blank=True)
    signed_by, signed_at = _user(), models.DateTimeField("审签报送时间", null=True, blank=True)
    first_filed_at = models.DateTimeField("首次报送时间", null=True, blank=True)
    counted_filed_at = models.DateTimeField("认定报送时间", null=True, blank=True)
    reviewed_by, reviewed_at = _user(), models.DateTimeField("审核时间", null=True, blank=True)
    decided_by, decided_at = _user(), models.DateTimeField("决定时间", null=True, blank=True)
    returned_by, returned_at = _user(), models.DateTimeField("退回时间", null=True, blank=True)
    returned_by_stage = models.CharField("退回环节", max_length=10, choices=ReturnStage, blank=True)
    return_reason = models.CharField("退回原因", max_length=500, blank=True)
    # Counted when sent and kept, so that queues read one table.
    changes_count = models.PositiveIntegerField("较上期变化", default=0)
    register_differences = models.PositiveIntegerField("与名录不一致", default=0)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.LEDGER_VIEW
    scope_paths = BY_SOCIETY
    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = "台账"
        verbose_name_plural = "台账"
        ordering = ["-period__as_of", "number", "-version"]
        triggers = [accepted_is_immutable()]
        constraints = [
            models.UniqueConstraint(
                name="ledger_version_once", fields=["society", "period", "version"]
            ),
            models.UniqueConstraint(
                name="ledger_number_once", fields=["period", "number", "version"]
            ),
            models.UniqueConstraint(
                name="ledger_one_version_under_way",
                fields=["society", "period"],
                condition=~Q(state__in=ENDED_STATES),
                violation_error_message="本期已有一个版本在办理中",
            ),
            models.CheckConstraint(
                name="ledger_restatement_has_reason",
                condition=Q(version=1, restatement_reason="")
                | (Q(version__gt=1) & ~Q(restatement_reason="")),
                violation_error_message="更正须写明原因",
            ),
            models.CheckConstraint(
                name="ledger_restatement_has_asker",
                condition=Q(version=1, restated_by__isnull=True)
                | Q(version__gt=1, restated_by__isnull=False),
            ),
            both_or_neither("ledger_sent", "sent_by", "sent_at", "送审签不完整"),
            both_or_neither("ledger_signed", "signed_by", "signed_at", "审签不完整"),
            both_or_neither("ledger_reviewed", "reviewed_by", "reviewed_at", "审核不完整"),
            both_or_neither("ledger_decided", "decided_by", "decided_at", "决定不完整"),
            both_or_neither("ledger_returned", "returned_by", "returned_at", "退回不完整"),
            both_or_neither("ledger_filed", "first_filed_at", "counted_filed_at", "报送不完整"),
            _needs("ledger_to_sign_is_sent", (LedgerState.TO_SIGN,), "sent_by"),
            _needs("ledger_filed_is_signed", _PASSED_SIGNATURE, "sent_by", "signed_by"),
            _needs("ledger_filed_has_moment", _PASSED_SIGNATURE, "counted_filed_at"),
            _needs(
                "ledger_accepted_is_reviewed",
                (LedgerState.TO_DECIDE, LedgerState.ACCEPTED),
                "reviewed_by",
            ),
            _needs("ledger_returned_is_explained", (LedgerState.RETURNED,), "returned_by"),
            models.CheckConstraint(
                name="ledger_returned_has_stage_and_reason",
                condition=~Q(state=LedgerState.RETURNED)
                | (~Q(returned_by_stage="") & ~Q(return_reason="")),
            ),
            # R-LED-10: a restatement is decided by the leader, a first filing never.
            models.CheckConstraint(
                name="ledger_restatement_is_decided",
                condition=~Q(state=LedgerState.ACCEPTED)
                | Q(version=1, decided_by__isnull=True)
                | Q(version__gt=1, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="ledger_only_restatements_wait_for_decision",
                condition=~Q(state=LedgerState.TO_DECIDE) | Q(version__gt=1),
            ),
            models.CheckConstraint(
                name="ledger_only_restatements_are_abandoned",
                condition=~Q(state=LedgerState.ABANDONED) | Q(version__gt=1),
            ),
            models.CheckConstraint(
                name="ledger_filed_once_or_later",
                condition=Q(counted_filed_at__isnull=True)
                | Q(counted_filed_at__gte=F("first_filed_at")),
            ),
            *(
                different_users(
                    f"ledger_{a}_is_not_{b}",
                    f"{a}_by",
                    f"{b}_by",
                    "填报、审签、审核、决定须由不同的人办理",
                )
                for a, b in FOUR_EYES
            ),
        ]
        indexes = [
            models.Index(fields=["society", "period"], name="ledger_by_society"),
            models.Index(fields=["period", "state"], name="ledger_by_period_and_state"),
        ]

    def __str__(self) -> str:
        return self.full_number

    @property
    def full_number(self) -> str:
        """TZ-2026H2-0128; a restatement adds its version."""
        return self.number if self.version == 1 else f"{self.number}-{self.version}"

    @property
    def is_editable(self) -> bool:
        """Whether clerk and signer may change it (R-LED-08)."""
        return self.state in EDITABLE_STATES

    @property
    def is_restatement(self) -> bool:
        """Whether this is a 更正."""
        return self.version > 1


class LedgerSection(models.Model):
    """The state of one of the five tables of a version: lock number and completeness.

    `row_version` guards the whole table: somebody else's save makes yours a conflict. `filled` and
    `required` are R-LED-01; `asked` counts the fields that came without a prefilled value (D-1).
    """

    ledger = models.ForeignKey(Ledger, on_delete=models.CASCADE, related_name="sections")
    code = models.CharField("表", max_length=20, choices=Section)
    row_version = models.PositiveIntegerField(default=1)
    filled = models.PositiveIntegerField("已填", default=0)
    required = models.PositiveIntegerField("应填", default=0)
    asked = models.PositiveIntegerField("须新填", default=0)
    note = models.CharField("变动说明", max_length=500, blank=True)
    saved_at = models.DateTimeField("保存时间", null=True, blank=True)
    saved_by = _user()

    class Meta:
        verbose_name = "台账分表"
        triggers = [part_of_accepted_is_immutable()]
        constraints = [
            models.UniqueConstraint(name="ledger_section_once", fields=["ledger", "code"]),
            models.CheckConstraint(
                name="ledger_section_filled_within_required",
                condition=Q(filled__lte=F("required")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ledger_id} {self.get_code_display()}"

    @property
    def is_complete(self) -> bool:
        """Whether every required field is filled; a table that asks nothing is complete."""
        return self.filled == self.required


class SectionPart(models.Model):
    """What every row of typed values carries.

    raw_input: field → {"text": refused input, "message": why}, shown again until it is corrected
    (nothing typed is lost).
    prefilled: field → {"source": "last"|"register", "label": …, "on": …, "changed": bool}.
    sealed: the secretary signed; from then on the arithmetic is kept by the database too.
    """

    raw_input = models.JSONField(default=dict, blank=True, editable=False)
    prefilled = models.JSONField(default=dict, blank=True, editable=False)
    sealed = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True
