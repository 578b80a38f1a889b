"""Organisation life (组织生活, rules §3): one record for every kind, kept as counts and minutes.

No photo, check-in or script is asked for (R-LIFE-06), no talk's content is kept (D-8).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5, Coalesce

from accounts.permissions import Permission
from branches.models.organisations import PartyOrganisation
from branches.models.posts import PartyGroup
from branches.querysets_life import LifeDraftQuerySet, LifeRecordQuerySet
from common.constraints import different_users
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Society


class LifeKind(models.TextChoices):
    """Kinds of organisation life; 传达学习 owes nothing and is evidence of work (rules §6.5)."""

    MEMBERS_CONGRESS = "members_congress", "党员大会"
    BRANCH_COMMITTEE_MEETING = "branch_committee_meeting", "支委会"
    PARTY_GROUP_MEETING = "party_group_meeting", "党小组会"
    PARTY_LECTURE = "party_lecture", "党课"
    THEME_DAY = "theme_day", "主题党日"
    ORG_LIFE_MEETING = "org_life_meeting", "组织生活会"
    DEMOCRATIC_APPRAISAL = "democratic_appraisal", "民主评议党员"
    PARTY_SPIRIT_ANALYSIS = "party_spirit_analysis", "党性分析"
    HEART_TALK = "heart_talk", "谈心谈话"
    COMMITTEE_MEETING = "committee_meeting", "党委（总支）会"
    STUDY_GROUP = "study_group", "理论学习中心组"
    SECRETARY_LECTURE = "secretary_lecture", "书记讲党课"
    DEMOCRATIC_LIFE_MEETING = "democratic_life_meeting", "民主生活会"
    WORKING_GROUP_ACTIVITY = "working_group_activity", "工作小组活动"
    TRANSMISSION_STUDY = "transmission_study", "传达学习"


class LifeState(models.TextChoices):
    """Where a record stands. It counts from filing on (R-LIFE-05); nobody accepts it singly."""

    FILED = "filed", "已登记"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


_USER = settings.AUTH_USER_MODEL
_TALKS = ("talks_in_committee", "talks_with_members", "talks_between_members")
_IS_TALK = Q(kind=LifeKind.HEART_TALK)


def _act() -> models.ForeignKey:
    return models.ForeignKey(
        _USER, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )


@tracked()
class LifeRecord(Owned, models.Model):
    """One event of organisation life; `society` is its owner, for a joint organisation the lead.

    also_kind: a second kind it counts for (R-LIFE-03). expected: registered members less those
    excused (R-LIFE-04); the four counts are NULL for 谈心谈话, which has pairs instead. counted_on:
    the day of filing that decides whether it is late or comes after the period's grace.
    """

    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.PROTECT, related_name="life_records"
    )
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="life_records")
    kind = models.CharField("种类", max_length=30, choices=LifeKind)
    also_kind = models.CharField(
        "同时作为", max_length=30, choices=LifeKind, blank=True, default=""
    )
    group = models.ForeignKey(
        PartyGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name="党小组",
        related_name="life_records",
    )
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=100, blank=True)
    chair_name = models.CharField("主持人", max_length=50, blank=True)
    agenda = models.CharField("议程", max_length=500, blank=True)
    first_topic = models.BooleanField("第一议题", default=False)
    learning = models.CharField("学习事项", max_length=1000, blank=True)
    decision = models.CharField("决议事项", max_length=1000, blank=True)
    expected = models.PositiveIntegerField("应到", null=True, blank=True)
    present = models.PositiveIntegerField("实到", null=True, blank=True)
    excused = models.PositiveIntegerField("请假", null=True, blank=True)
    observers = models.PositiveIntegerField("列席", null=True, blank=True)
    talks_in_committee = models.PositiveIntegerField("委员之间", null=True, blank=True)
    talks_with_members = models.PositiveIntegerField("委员和党员之间", null=True, blank=True)
    talks_between_members = models.PositiveIntegerField("党员之间", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=LifeState, default=LifeState.FILED, editable=False
    )
    counted_on = models.DateField("登记日期", editable=False)
    is_late = models.BooleanField("补录", default=False, editable=False)
    filed_at = models.DateTimeField(editable=False)
    filed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, editable=False, related_name="+")
    returned_at = models.DateTimeField(null=True, blank=True, editable=False)
    returned_by = _act()
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = _act()
    withdrawal_reason = models.CharField("撤回原因", max_length=300, blank=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.LIFE_VIEW
    # A society sees the records of every organisation that serves it; the link rows decide, as for
    # the organisations themselves (R-OWN-03).
    scope_paths = ScopePaths(
        federation="society__federation_id", society="society_id", organisation="organisation_id"
    )
    objects = LifeRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "组织生活记录"
        verbose_name_plural = "组织生活记录"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "organisation",
                "kind",
                "held_on",
                Coalesce("group", 0),
                MD5("agenda"),
                name="life_event_once",
                condition=~Q(state=LifeState.WITHDRAWN),
                violation_error_message="同一天、同一种类、同一议程的记录已登记",
            ),
            models.CheckConstraint(
                name="life_group_only_at_its_meeting",
                condition=Q(group__isnull=True) | Q(kind=LifeKind.PARTY_GROUP_MEETING),
                violation_error_message="只有党小组会需要选择党小组",
            ),
            models.CheckConstraint(
                name="life_has_learning_or_decision",
                condition=_IS_TALK | (~Q(agenda="") & (~Q(learning="") | ~Q(decision=""))),
                violation_error_message="须有议程，并至少填写一项学习事项或决议事项",
            ),
            models.CheckConstraint(
                name="life_talks_keep_no_content",
                condition=~_IS_TALK | Q(agenda="", learning="", decision="", place=""),
                violation_error_message="谈心谈话只记人次，不记内容",
            ),
            models.CheckConstraint(
                name="life_counts_by_kind",
                condition=Q(
                    _IS_TALK,
                    expected__isnull=True,
                    present__isnull=True,
                    excused__isnull=True,
                    observers__isnull=True,
                    **{f"{name}__isnull": False for name in _TALKS},
                )
                | Q(
                    ~_IS_TALK,
                    expected__isnull=False,
                    present__isnull=False,
                    excused__isnull=False,
                    observers__isnull=False,
                    **{f"{name}__isnull": True for name in _TALKS},
                ),
            ),
            models.CheckConstraint(
                name="life_present_up_to_expected",
                condition=Q(present__isnull=True) | Q(present__lte=F("expected")),
                violation_error_message="实到不能多于应到，列席人员另填",
            ),
            models.CheckConstraint(
                name="life_counts_for_two_kinds", condition=~Q(also_kind=F("kind"))
            ),
            models.CheckConstraint(
                name="life_return_is_complete",
                condition=~Q(state=LifeState.RETURNED)
                | (Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(return_reason="")),
            ),
            models.CheckConstraint(
                name="life_withdrawal_is_complete",
                condition=Q(state=LifeState.WITHDRAWN)
                & Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawal_reason="")
                | ~Q(state=LifeState.WITHDRAWN) & Q(withdrawn_at__isnull=True),
            ),
            # roles.md §3: whoever returns a record did not file it. After a new filing by the
            # returner's own hand the old return stays in the change log only.
            different_users(
                "life_filer_is_not_returner", "filed_by", "returned_by", "退回须由另一人办理"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "held_on"], name="life_by_organisation"),
            models.Index(fields=["society", "held_on"], name="life_by_society"),
            # The committee's list begins with the newest of all.
            models.Index(fields=["held_on", "id"], name="life_by_day"),
            # All that the night reads of a record, without its words.
            models.Index(
                fields=["held_on", "organisation"],
                include=["id", "kind", "first_topic", "counted_on", "expected", "present"],
                condition=Q(state="filed"),
                name="life_of_the_night",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_kind_display()}"


class LifeDraft(Owned, models.Model):
    """What a person has typed of a record not yet filed: raw, even where it is wrong.

    One for each person and organisation; gone with the filing.
    """

    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.CASCADE, related_name="life_drafts"
    )
    society = models.ForeignKey(Society, on_delete=models.CASCADE, related_name="+")
    saved_by = models.ForeignKey(_USER, on_delete=models.CASCADE, related_name="+")
    saved_at = models.DateTimeField()
    values = models.JSONField(default=dict)

    read_permission = Permission.LIFE_FILE
    scope_paths = ScopePaths(society="society_id", organisation="organisation_id")
    objects = LifeDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "组织生活草稿"
        constraints = [
            models.UniqueConstraint(name="life_draft_once", fields=["organisation", "saved_by"])
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.saved_by_id}"
