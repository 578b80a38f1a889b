"""People posted to societies (003§11)."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import Permission
from branches.querysets import PostingQuerySet
from common.constraints import ends_after_start, no_overlap
from common.history import tracked
from societies.access import BY_SOCIETY, Owned
from societies.models import Appointment, Society


class PostingKind(models.TextChoices):
    """Who is posted, by the measure code that the posting stands for (rules §5)."""

    INSTRUCTOR = "GM03", "党建指导员"
    LIAISON = "GM04", "党建联络员"
    DISPATCHED_SECRETARY = "GM09", "选派书记"


@tracked()
class Posting(Owned, models.Model):
    """A dated posting to a society (003§11); the last day in office is shown inclusive."""

    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="postings")
    kind = models.CharField("类别", max_length=4, choices=PostingKind)
    person_name = models.CharField("姓名", max_length=50)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    appointment = models.OneToOneField(
        Appointment,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="posting",
    )
    home_unit = models.CharField("派出单位", max_length=100)
    document_number = models.CharField("文号", max_length=50)
    valid_from = models.DateField("派驻起")
    valid_to = models.DateField("派驻止（当日起无效）", null=True, blank=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    read_permission = Permission.ORGANISATION_VIEW
    scope_paths = BY_SOCIETY
    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = "派驻"
        ordering = ["society_id", "valid_from", "pk"]
        constraints = [
            ends_after_start("posting_ends_after_start", message="派驻止日不能早于起日"),
            no_overlap(
                "posting_person_once",
                ["society", "kind", "person_name"],
                message="该同志在这段时间内已有同类派驻",
            ),
            models.CheckConstraint(name="posting_has_document", condition=~Q(document_number="")),
        ]
        indexes = [models.Index(fields=["society", "kind"], name="posting_by_society_and_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.person_name}"

    @property
    def last_day(self) -> date | None:
        """The last day in office, inclusive, as screens show it; None without end."""
        return self.valid_to and self.valid_to - timedelta(days=1)
