"""Terms of office: facts written when a filing is accepted (§2.2)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import GreaterThanOrEqual

from accounts.permissions import Permission
from branches.models.organisations import PartyOrganisation
from branches.querysets_terms import TermQuerySet
from branches.rules import MAX_SEATS, MAX_TERM_YEARS
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.models import Society

# The owner is the lead society; the querysets open the rows to societies served.
BY_ORGANISATION = ScopePaths(
    federation="society__federation_id", society="society_id", organisation="organisation_id"
)


class TermMode(models.TextChoices):
    """How a committee or secretary came into office."""

    ELECTED = "elected", "选举产生"
    APPOINTED = "appointed", "上级任命"


class TermState(models.TextChoices):
    """Where a term stands on a day (`with_state`); not stored."""

    NORMAL = "normal", "任期内"
    DUE_SOON = "due_soon", "即将届满"
    DUE = "due", "临近届满"
    OVERDUE = "overdue", "逾期未换届"
    EXTENDED = "extended", "已批准延期"
    OVERDUE_AFTER_EXTENSION = "overdue_after_extension", "延期后仍未换届"


class TermEnd(Func):
    """The last day of so many years from a day on: 29 Feb clips to 28 Feb, then one day before."""

    template = "((%(expressions)s)::date - 1)"
    arg_joiner = " + "

    def __init__(self, start: str, years: str) -> None:
        interval = Func(
            F(years),
            template="make_interval(years => %(expressions)s)",
            output_field=models.DurationField(),
        )
        super().__init__(F(start), interval, output_field=models.DateField())


class YearLater(Func):
    """Twelve months after a day, clipped to the month's end."""

    template = "((%(expressions)s) + interval '12 months')::date"
    output_field = models.DateField()


ENDS_ON = Coalesce(F("council_ends_on"), TermEnd("elected_on", "term_years"))


@tracked(exclude=["ends_on", "runs_to"])
class Term(Owned, models.Model):
    """One term of office (届) of an organisation.

    seats: committee seats including the secretary; 1 = no committee. entitled, present: those with
    a vote at the election meeting (R-ORG-08), empty for an appointed one. council_ends_on: the last
    day of the council's term where a 学会党委 follows it (`follows_council_term`). ends_on and
    runs_to are last days, inclusive.
    """

    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.PROTECT, related_name="terms"
    )
    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="+")
    term_no = models.PositiveSmallIntegerField("届次")
    elected_on = models.DateField("换届（选举）日期")
    term_years = models.PositiveSmallIntegerField("任期（年）")
    council_ends_on = models.DateField("理事会届满日期", null=True, blank=True)
    seats = models.PositiveSmallIntegerField("委员会职数")
    mode = models.CharField("产生方式", max_length=10, choices=TermMode, default=TermMode.ELECTED)
    entitled = models.PositiveIntegerField("应到会有选举权人数", null=True, blank=True)
    present = models.PositiveIntegerField("实到会有选举权人数", null=True, blank=True)
    document_number = models.CharField("批复文号", max_length=50, blank=True)
    extended_to = models.DateField("延期至", null=True, blank=True)
    extension_number = models.CharField("延期批复文号", max_length=50, blank=True)
    ends_on = models.GeneratedField(
        expression=ENDS_ON, output_field=models.DateField(), db_persist=True
    )
    runs_to = models.GeneratedField(
        expression=Greatest(ENDS_ON, F("extended_to")),
        output_field=models.DateField(),
        db_persist=True,
    )

    read_permission = Permission.ORGANISATION_VIEW
    scope_paths = BY_ORGANISATION
    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = "届次"
        verbose_name_plural = "届次"
        ordering = ["organisation_id", "-elected_on"]
        constraints = [
            models.UniqueConstraint(
                name="term_number_once",
                fields=["organisation", "term_no"],
                violation_error_message="该党组织已登记过这一届次，请核对届次",
            ),
            models.UniqueConstraint(
                name="term_day_once",
                fields=["organisation", "elected_on"],
                violation_error_message="该党组织在这一天已登记换届，请核对日期",
            ),
            models.CheckConstraint(
                name="term_years_possible",
                condition=Q(term_years__gte=1, term_years__lte=MAX_TERM_YEARS),
                violation_error_message=f"任期应为 1 至 {MAX_TERM_YEARS} 年",
            ),
            models.CheckConstraint(
                name="term_seats_possible",
                condition=Q(seats=1) | Q(seats__gte=3, seats__lte=MAX_SEATS),
                violation_error_message="委员会职数不设委员会时为 1，设委员会时不少于 3",
            ),
            models.CheckConstraint(
                name="term_council_ends_after_election",
                condition=Q(council_ends_on__isnull=True) | Q(council_ends_on__gte=F("elected_on")),
                violation_error_message="理事会届满日期不能早于换届日期",
            ),
            models.CheckConstraint(
                name="term_meeting_was_valid",
                condition=Q(mode=TermMode.APPOINTED)
                | Q(
                    Q(entitled__isnull=False, present__isnull=False, present__lte=F("entitled")),
                    Q(entitled__gte=1),
                    GreaterThanOrEqual(F("present") * 5, F("entitled") * 4),
                ),
                violation_error_message="实到会有选举权人数不足应到人数的五分之四，选举无效",
            ),
            models.CheckConstraint(
                name="term_appointment_has_document",
                condition=Q(mode=TermMode.ELECTED) | ~Q(document_number=""),
                violation_error_message="上级任命须填写任命文号",
            ),
            models.CheckConstraint(
                name="term_extension_has_number",
                condition=Q(extended_to__isnull=True, extension_number="")
                | (Q(extended_to__isnull=False) & ~Q(extension_number="")),
                violation_error_message="延期须有批复文号",
            ),
            models.CheckConstraint(
                name="term_extension_within_a_year",
                condition=Q(extended_to__isnull=True)
                | Q(extended_to__gt=ENDS_ON, extended_to__lte=YearLater(ENDS_ON)),
                violation_error_message="延期应晚于届满日期，且不超过 12 个月",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.term_no} 届"

    @property
    def follows_council_term(self) -> bool:
        """Whether reminders key on the council's last day (§2.2)."""
        return self.council_ends_on is not None

    @property
    def has_committee(self) -> bool:
        """Whether a committee (支委会 in a branch) exists in this term."""
        return self.seats > 1
