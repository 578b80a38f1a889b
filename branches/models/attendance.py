"""Who took part in one event of organisation life, by name (rules §3, trap 4)."""

from __future__ import annotations

from django.db import models

from accounts.permissions import Permission
from branches.models.life import LifeRecord
from branches.models.members import PartyMember
from branches.querysets_life import AttendanceQuerySet
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Society


class Mark(models.TextChoices):
    """What the list says of somebody expected (R-LIFE-04); 请假 is never held against anybody."""

    PRESENT = "present", "到会"
    EXCUSED = "excused", "请假"
    ABSENT = "absent", "缺席"


@tracked()
class Attendance(Owned, models.Model):
    """One line of a record's list of names; the record's counts follow from the list.

    A list is optional: without one the record has counts alone. Whoever was not expected (a 支委会
    is the committee's) stands on no line. society: the member's own, which alone reads the name
    besides the organisation that met (roles.md §2.9): for a joint event another one than the
    record's (R-LIFE-10). Whether the relation lay in the organisation that day is not copied here:
    rates read it from `Affiliation`, as it is known today (trap 18).
    """

    record = models.ForeignKey(LifeRecord, on_delete=models.CASCADE, related_name="attendances")
    member = models.ForeignKey(PartyMember, on_delete=models.PROTECT, related_name="attendances")
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField("到会情况", max_length=10, choices=Mark)

    read_permission = Permission.MEMBER_VIEW
    # No federation: names are never on a page of the committee.
    scope_paths = ScopePaths(society="society_id", organisation="record__organisation_id")
    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "到会名单"
        verbose_name_plural = "到会名单"
        constraints = [
            models.UniqueConstraint(
                name="attendance_once",
                fields=["record", "member"],
                violation_error_message="同一人在名单中只能有一行",
            ),
            models.CheckConstraint(name="attendance_has_mark", condition=models.Q(mark__in=Mark)),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.member_id} {self.mark}"
