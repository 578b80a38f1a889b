"""5.1–5.3: one row each per version. Labels, units and rules stand in `ledgers/catalogue`."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledgers.fields import CountField, YesNoField, count_constraints, plain_yes_no, when_sealed
from ledgers.models.ledger import Ledger, SectionPart
from ledgers.triggers import part_of_accepted_is_immutable


def _money() -> models.DecimalField:
    """元, two decimals."""
    return models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)


_OPERATIONS_COUNTS = (
    "individual_members",
    "group_members",
    "journals_count",
    "awards_count",
    "society_branch_count",
    "society_branch_inactive_count",
    "society_term_no",
    "council_meetings_count",
    "standing_council_meetings_count",
    "governing_meetings_with_party_report",
)


class LedgerOperations(SectionPart):
    """5.1 业务运行情况. Months are stored as their first day."""

    ledger = models.OneToOneField(Ledger, on_delete=models.CASCADE, related_name="operations")
    annual_income = _money()
    total_assets = _money()
    net_assets = _money()
    individual_members = CountField()
    individual_members_approximate = models.BooleanField(default=False)
    group_members = CountField()
    journals_count = CountField()
    awards_count = CountField()
    society_branch_count = CountField()
    society_branch_inactive_count = CountField()
    society_term_no = CountField()
    term_start = models.DateField(null=True, blank=True)
    term_end = models.DateField(null=True, blank=True)
    reelected_on_time = YesNoField()
    council_meetings_count = CountField()
    standing_council_meetings_count = CountField()
    council_held_on_time = YesNoField()
    standing_council_held_on_time = YesNoField()
    governing_meetings_with_party_report = CountField()
    business_normal = YesNoField()
    last_annual_inspection = models.CharField(max_length=20, blank=True)
    last_annual_inspection_year = models.PositiveSmallIntegerField(null=True, blank=True)
    evaluation_grade = models.CharField(max_length=20, blank=True)
    evaluation_valid_to = models.DateField(null=True, blank=True)
    charter_has_party_building = YesNoField()
    charter_date = models.DateField(null=True, blank=True)
    support_type = models.CharField(max_length=20, blank=True)
    supporting_unit = models.CharField(max_length=100, blank=True)
    business_supervisor = models.CharField(max_length=50, blank=True)
    legal_person_registered = YesNoField()
    uscc = models.CharField(max_length=18, blank=True)
    office_address = models.CharField(max_length=200, blank=True)
    website = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "业务运行情况"
        triggers = [part_of_accepted_is_immutable()]
        constraints = [
            *count_constraints("ops", _OPERATIONS_COUNTS),
            *plain_yes_no(
                "ops", ("business_normal", "charter_has_party_building", "legal_person_registered")
            ),
            when_sealed("ops_income_not_negative", Q(annual_income__gte=0), "O-01"),
            when_sealed("ops_assets_not_negative", Q(total_assets__gte=0), "O-02"),
            when_sealed("ops_net_within_total", Q(net_assets__lte=F("total_assets")), "O-03"),
            when_sealed(
                "ops_inactive_within_branches",
                Q(society_branch_inactive_count__lte=F("society_branch_count")),
                "O-06",
            ),
            when_sealed("ops_term_in_order", Q(term_start__lt=F("term_end")), "O-08"),
        ]

    def __str__(self) -> str:
        return f"{self.ledger_id} 业务运行情况"


_STAFF_COUNTS = (
    "council_members",
    "standing_council_members",
    "supervisors",
    "society_branch_leaders",
    "secretariat_staff",
    "full_time_staff",
    "part_time_staff",
    "established_post_staff",
    "retired_rehired",
    "contract_staff",
    "seconded_staff",
    "retired",
    "women",
    "aged_35_or_under",
    "aged_61_or_over",
    "education_doctor",
    "education_master",
    "education_bachelor",
    "education_college",
    "education_other",
)


class LedgerStaff(SectionPart):
    """5.2 职工队伍情况. `retired` lies outside all sums."""

    ledger = models.OneToOneField(Ledger, on_delete=models.CASCADE, related_name="staff")
    council_members = CountField()
    standing_council_members = CountField()
    supervisors = CountField()
    society_branch_leaders = CountField()
    secretariat_exists = YesNoField()
    secretariat_staff = CountField()
    full_time_staff = CountField()
    part_time_staff = CountField()
    established_post_staff = CountField()
    retired_rehired = CountField()
    contract_staff = CountField()
    seconded_staff = CountField()
    retired = CountField()
    women = CountField()
    aged_35_or_under = CountField()
    aged_61_or_over = CountField()
    education_doctor = CountField()
    education_master = CountField()
    education_bachelor = CountField()
    education_college = CountField()
    education_other = CountField()
    union_established = YesNoField()
    league_established = YesNoField()
    women_org_established = YesNoField()

    class Meta:
        verbose_name = "职工队伍情况"
        triggers = [part_of_accepted_is_immutable()]
        constraints = [
            *count_constraints("staff", _STAFF_COUNTS),
            *plain_yes_no("staff", ("secretariat_exists",)),
            when_sealed(
                "staff_standing_within_council",
                Q(standing_council_members__lte=F("council_members")),
                "S-01",
            ),
            when_sealed(
                "staff_is_full_and_part_time",
                Q(secretariat_staff=F("full_time_staff") + F("part_time_staff")),
                "S-03",
            ),
            when_sealed("staff_women_within", Q(women__lte=F("secretariat_staff")), "S-06"),
            when_sealed(
                "staff_ages_within",
                Q(secretariat_staff__gte=F("aged_35_or_under") + F("aged_61_or_over")),
                "S-07",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ledger_id} 职工队伍情况"


_MEMBER_COUNTS = (
    "council_party_members",
    "standing_council_party_members",
    "supervisor_party_members",
    "secretariat_party_members",
    "secretariat_full_members",
    "secretariat_relation_here",
    "full_time_pm",
    "established_post_pm",
    "rehired_pm",
    "contract_pm",
    "seconded_pm",
    "society_branch_leader_pm",
    "other_relation_here",
    "total_distinct",
    "full_members",
    "probationary_members",
    "relation_here",
    "relation_at_supporting_unit",
    "relation_elsewhere",
    "floating_members",
    "active_party_members",
    "women_pm",
    "pm_bachelor_or_above",
    "pm_ethnic_minority",
    "pm_35_or_under",
    "pm_61_or_over",
    "pm_senior_title",
    "applicants",
    "activists",
    "development_targets",
    "developed_this_year",
    "converted_this_year",
    "transferred_in",
    "transferred_out",
    "disposed",
)


class LedgerMembers(SectionPart):
    """5.3 党员队伍情况: numbers only, no names; each set counted in itself."""

    ledger = models.OneToOneField(Ledger, on_delete=models.CASCADE, related_name="members")
    council_party_members = CountField()
    standing_council_party_members = CountField()
    supervisor_party_members = CountField()
    secretariat_party_members = CountField()
    secretariat_full_members = CountField()
    secretariat_relation_here = CountField()
    full_time_pm = CountField()
    established_post_pm = CountField()
    rehired_pm = CountField()
    contract_pm = CountField()
    seconded_pm = CountField()
    society_branch_leader_pm = CountField()
    other_relation_here = CountField()
    total_distinct = CountField()
    full_members = CountField()
    probationary_members = CountField()
    relation_here = CountField()
    relation_at_supporting_unit = CountField()
    relation_elsewhere = CountField()
    floating_members = CountField()
    active_party_members = CountField()
    women_pm = CountField()
    pm_bachelor_or_above = CountField()
    pm_ethnic_minority = CountField()
    pm_35_or_under = CountField()
    pm_61_or_over = CountField()
    pm_senior_title = CountField()
    applicants = CountField()
    activists = CountField()
    development_targets = CountField()
    developed_this_year = CountField()
    converted_this_year = CountField()
    transferred_in = CountField()
    transferred_out = CountField()
    disposed = CountField()

    class Meta:
        verbose_name = "党员队伍情况"
        triggers = [part_of_accepted_is_immutable()]
        constraints = [
            *count_constraints("members", _MEMBER_COUNTS),
            when_sealed(
                "members_full_within_secretariat",
                Q(secretariat_full_members__lte=F("secretariat_party_members")),
                "M-05",
            ),
            when_sealed(
                "members_are_full_and_probationary",
                Q(total_distinct=F("full_members") + F("probationary_members")),
                "M-11",
            ),
            when_sealed(
                "members_by_relation",
                Q(
                    total_distinct=F("relation_here")
                    + F("relation_at_supporting_unit")
                    + F("relation_elsewhere")
                ),
                "M-12",
            ),
            when_sealed(
                "members_floating_within", Q(floating_members__lte=F("total_distinct")), "M-15"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ledger_id} 党员队伍情况"
