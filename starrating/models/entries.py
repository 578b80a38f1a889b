"""One society in a round: its way from 创建申报 to the final star (R-STAR-06)."""

from __future__ import annotations

from itertools import combinations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.permissions import Permission
from branches.models import PartyOrganisation
from common.constraints import both_or_neither
from common.history import tracked
from common.workdays import is_provisional
from societies.access import Owned, ScopePaths
from societies.models import Society
from starrating.models.editions import Tree
from starrating.models.rounds import RatingRound
from starrating.round_querysets import RatingEntryQuerySet

ENTRY_PATHS = ScopePaths(
    federation="society__federation_id", society="society_id", organisation="organisation_id"
)


class EntryState(models.TextChoices):
    """Where an entry stands."""

    OPEN = "open", "待申报"
    APPLYING = "applying", "申报待审签"
    APPLIED = "applied", "待自评"
    SELF_TO_SIGN = "self_to_sign", "自评待审签"
    SELF_ASSESSED = "self_assessed", "待初评"
    PRELIMINARY = "preliminary", "待审议"
    DELIBERATED = "deliberated", "已审议"
    PUBLICITY = "publicity", "公示中"
    OBJECTED = "objected", "待复核"
    RE_EXAMINED = "re_examined", "已复核，待审议"
    FINAL = "final", "已评定"


class Outcome(models.TextChoices):
    """What the round says of a society beside stars (R-STAR-01, -03, -05)."""

    RATED = "rated", "定星"
    UNRATED = "unrated", "不予评定"
    ABSENT = "absent", "不定星"
    VETOED = "vetoed", "一票否决"


# Users of different columns are different persons (roles.md §3); a clerk may be clerk twice.
COLUMNS: dict[str, tuple[str, ...]] = {
    "clerk": ("applied_by", "self_sent_by"),
    "secretary": ("application_signed_by", "self_signed_by"),
    "assessor": ("assessed_by",),
    "chooser": ("tie_decided_by",),
    "re_examiner": ("re_examined_by",),
    "leader": ("finalised_by",),
}


def _apart(one: str, other: str) -> models.CheckConstraint:
    """No user stands in a column of both groups."""
    condition = Q()
    for a in COLUMNS[one]:
        for b in COLUMNS[other]:
            condition &= Q(**{f"{a}__isnull": True}) | Q(**{f"{b}__isnull": True}) | ~Q(**{a: F(b)})
    return models.CheckConstraint(
        name=f"rating_entry_{one}_is_not_{other}",
        condition=condition,
        violation_error_message="填报、审签、初评、审议、复核、评定须由不同的人办理",
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


def _moment() -> models.DateTimeField:
    return models.DateTimeField(null=True, blank=True)


@tracked()
class RatingEntry(Owned, models.Model):
    """A society that the round asks; who is asked is fixed when the round opens (D-5).

    organisation: the society's highest own Party organisation when it applied; the assessor's
    scope. computed_score: 系统测算分 at the freeze date. awarded_score: 评定分 after deliberation.
    entitled: stars before places are given; stars: after them, None where outcome gives none.
    held_back: why stars fall short of the score: categories, lines, "rise". turn: how often the
    deliberation began anew; again_from: the first turn after the first objection, in which and
    after which nobody votes who voted before it.
    """

    round = models.ForeignKey(RatingRound, on_delete=models.PROTECT, related_name="entries")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="rating_entries")
    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField("状态", max_length=20, choices=EntryState, default=EntryState.OPEN)
    target_stars = models.PositiveSmallIntegerField("创建目标", null=True, blank=True)
    measures = models.CharField("创建措施", max_length=500, blank=True)
    applied_by, applied_at = _user("申报人"), _moment()
    application_signed_by, application_signed_at = _user("申报审签人"), _moment()
    self_sent_by, self_sent_at = _user("自评填报人"), _moment()
    self_signed_by, self_signed_at = _user("自评审签人"), _moment()
    returned_by, returned_at = _user("退回人"), _moment()
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    tree = models.CharField("指标体系", max_length=10, choices=Tree, blank=True)
    applicable = models.DecimalField("适用分值", max_digits=5, decimal_places=2, null=True)
    bonus = models.DecimalField("加分", max_digits=5, decimal_places=2, default=0)
    deductions = models.DecimalField("扣分", max_digits=5, decimal_places=2, default=0)
    computed_score = models.DecimalField("系统测算分", max_digits=5, decimal_places=2, null=True)
    assessor = _user("初评人")
    assigned_by, assigned_at = _user("分派人"), _moment()
    assessed_by, assessed_at = _user("初评人（已办理）"), _moment()
    opinion = models.CharField("初评说明", max_length=200, blank=True)
    turn = models.PositiveSmallIntegerField(default=1, editable=False)
    again_from = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    awarded_score = models.DecimalField("评定分", max_digits=5, decimal_places=2, null=True)
    before = models.PositiveSmallIntegerField("上次星级", null=True, blank=True)
    entitled = models.PositiveSmallIntegerField("应得星级", null=True, blank=True)
    held_back = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    tie_decided_by, tie_decided_at = _user("名额决定人"), _moment()
    tie_reason = models.CharField("名额决定理由", max_length=300, blank=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, blank=True)
    stars = models.PositiveSmallIntegerField("星级", null=True, blank=True)
    publicity_from = models.DateField("公示起", null=True, blank=True)
    publicity_until = models.DateField("公示止", null=True, blank=True)
    re_examined_by, re_examined_at = _user("复核人"), _moment()
    re_opinion = models.CharField("复核说明", max_length=200, blank=True)
    finalised_by, finalised_at = _user("评定人"), _moment()
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.STAR_ROUND_VIEW
    scope_paths = ENTRY_PATHS
    objects = RatingEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "参评学会"
        ordering = ["society__sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(name="rating_entry_once", fields=["round", "society"]),
            *(_apart(one, other) for one, other in combinations(COLUMNS, 2)),
            both_or_neither("rating_entry_posted", "publicity_from", "publicity_until", "公示"),
            models.CheckConstraint(
                name="rating_entry_stars_fit_outcome",
                condition=Q(outcome="", stars__isnull=True)
                | Q(outcome=Outcome.RATED, stars__gte=1, stars__lte=F("entitled"))
                | Q(outcome=Outcome.VETOED, stars=0)
                | Q(outcome__in=(Outcome.UNRATED, Outcome.ABSENT), stars__isnull=True),
            ),
            models.CheckConstraint(
                name="rating_entry_posted_before_final",
                condition=~Q(state__in=(EntryState.PUBLICITY, EntryState.FINAL))
                | (Q(publicity_from__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="rating_entry_tie_has_reason",
                condition=Q(tie_decided_by__isnull=True, tie_reason="")
                | (Q(tie_decided_by__isnull=False) & ~Q(tie_reason="")),
            ),
        ]
        indexes = [models.Index(fields=["society", "round"], name="rating_entry_of_society")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.society_id}"

    @property
    def publicity_is_provisional(self) -> bool:
        """Whether the notice's working days were counted without a holiday table (§12.3)."""
        if self.publicity_from is None or self.publicity_until is None:
            return False
        return is_provisional(self.publicity_from, self.publicity_until)

    @property
    def by_quota(self) -> bool:
        """达到 n 星分值，因名额定 m 星 (R-STAR-04)."""
        return self.stars is not None and self.entitled is not None and self.stars < self.entitled
