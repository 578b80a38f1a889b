"""One society of a made-up world: its numbers, its choices, and the tables it fills."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from tools.bench.rows import Rows

if TYPE_CHECKING:
    from tools.bench.worlds import Frame

UNITS = 22


class Society:
    """A society by its number from 0; the same number makes the same facts in every world."""

    def __init__(self, number: int, frame: Frame) -> None:
        self.number, self.frame = number, frame
        self.pk = number + 1
        self.random = Random(number)
        self.filer, self.confirmer, self.reviewer, *_ = frame.users

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred cases."""
        return self.random.random() * 100 < percent

    def unit(self, place: int) -> int:
        """The id of a unit: place 0 council, 1 secretariat, then the society branches.

        An organisation that serves a unit has the unit's id.
        """
        return self.number * UNITS + place + 1

    @cached_property
    def has_committee(self) -> bool:
        """Whether the council has a 学会党委."""
        return self.chance(96)

    @cached_property
    def office_type(self) -> str:
        """The type of the secretariat's organisation; empty for none."""
        place = self.random.random()
        return "branch" if place < 0.85 else "joint_branch" if place < 0.9 else ""

    @cached_property
    def working_groups(self) -> tuple[int, ...]:
        """Places of the society branches that have a 党的工作小组."""
        return tuple(place for place in range(2, UNITS) if self.chance(56))

    @cached_property
    def seats(self) -> int:
        """Seats of the secretariat's branch; 1: no 支委会."""
        return 3 if self.chance(70) else 1

    @cached_property
    def groups(self) -> tuple[int, ...]:
        """Ids of the secretariat's 党小组."""
        if self.office_type and self.chance(50):
            return self.number * 2 + 1, self.number * 2 + 2
        return ()

    @cached_property
    def registers_at(self) -> int | None:
        """The organisation that keeps the members."""
        if self.office_type:
            return self.unit(1)
        return self.unit(0) if self.has_committee else None

    @property
    def also_served(self) -> int | None:
        """The society whose secretariat a 联合党支部 serves too; None for other types."""
        if self.office_type != "joint_branch" or self.number + 1 == self.frame.count:
            return None
        return self.pk + 1


# Model, then the columns a world decides; other columns get the model's defaults.
COLUMNS: dict[str, tuple[str, ...]] = {
    "societies.Society": (
        *("id", "federation", "code", "name", "discipline_class", "body_kind", "relation"),
        *("support_type", "sort_key", "initials"),
    ),
    "societies.SocietyUnit": ("id", "society", "kind", "name"),
    "societies.DataQualityIssue": ("society", "code", "severity", "message", "opened_on"),
    "branches.PartyOrganisation": (
        *("id", "society", "name", "type", "approval_number", "approved_on", "established_on"),
    ),
    "branches.OrganisationService": (
        *("organisation", "unit", "society", "organisation_type", "tier", "valid_from", "valid_to"),
    ),
    "branches.OrganisationSuspension": (
        *("organisation", "society", "valid_from", "valid_to", "document_number"),
    ),
    "branches.Posting": (
        *("id", "society", "kind", "person_name", "home_unit", "document_number", "valid_from"),
    ),
    "branches.VisitReport": (
        *("society", "posting", "visited_on", "work", "filed_at", "filed_by"),
    ),
    "branches.Term": (
        *("organisation", "society", "term_no", "elected_on", "term_years", "seats"),
        *("entitled", "present"),
    ),
    "branches.Post": (
        *("organisation", "society", "kind", "person_name", "valid_from", "valid_to", "member"),
    ),
    "branches.PartyGroup": ("id", "organisation", "society", "name", "leader_name", "valid_from"),
    "branches.PartyMember": (
        *("id", "society", "organisation", "name", "birth_month", "joined_month", "full_since"),
        *("sort_key", "initials", "state", "filed_by", "filed_at", "confirmed_by", "confirmed_at"),
        "first_confirmed_on",
    ),
    "branches.Affiliation": (
        *("member", "society", "organisation", "place", "valid_from", "valid_to"),
    ),
    "branches.Participation": ("member", "society", "organisation", "valid_from"),
    "branches.ExpectedLife": (
        *("organisation", "society", "rule", "kind", "period", "first_day", "last_day"),
        *("counts_until", "required", "held", "frozen_at"),
    ),
    "branches.LifeRecord": (
        *("id", "organisation", "society", "kind", "also_kind", "group", "held_on", "place"),
        *("chair_name", "agenda", "first_topic", "learning", "expected", "present", "excused"),
        *("observers", "talks_in_committee", "talks_with_members", "talks_between_members"),
        *("counted_on", "is_late", "filed_at", "filed_by"),
    ),
    "branches.Attendance": ("record", "member", "society", "mark"),
    "ledgers.ExpectedFiling": ("period", "society"),
    "ledgers.Ledger": (
        *("id", "society", "period", "number", "state", "sent_by", "sent_at", "signed_by"),
        *("signed_at", "first_filed_at", "counted_filed_at", "reviewed_by", "reviewed_at"),
        *("returned_by", "returned_at", "returned_by_stage", "return_reason"),
    ),
    "ledgers.LedgerStep": (
        *("id", "ledger", "society", "verb", "from_state", "to_state", "stage", "on_time"),
        *("mend_until", "by", "at"),
    ),
    "ledgers.LedgerReturnRemark": (
        *("step", "ledger", "society", "section", "field", "by", "at", "text"),
    ),
    "ledgers.LedgerSection": ("ledger", "code", "filled", "required"),
    "ledgers.LedgerOperations": ("ledger", "charter_has_party_building"),
    "ledgers.LedgerStaff": ("ledger",),
    "ledgers.LedgerMembers": ("ledger",),
    "training.HourEvent": (
        *("id", "society", "organisation", "kind", "title", "held_on", "portion", "state"),
        *("filed_at", "filed_by", "confirmed_at", "confirmed_by"),
    ),
    "training.HourCredit": ("event", "member", "society"),
    "training.YearHours": (
        *("member", "society", "year", "counted", "offline", "online", "lectured", "concentrated"),
    ),
    "supervision.Finding": (
        *("id", "society", "federation", "code", "source", "rule", "severity", "title", "facts"),
        *("requirement", "state", "author", "issued_by", "issued_at", "issued_on", "plan_due"),
        *("finish_due", "plan_filed_on", "submitted_on", "closed_late"),
        *("plan_sent_by", "plan_sent_at", "plan_signed_by", "plan_signed_at", "sent_by", "sent_at"),
        *("signed_by", "signed_at", "verified_by", "verified_at", "closed_by", "closed_at"),
    ),
    "supervision.FindingStep": (
        *("finding", "society", "verb", "from_state", "to_state", "by", "appointment", "at"),
    ),
}


class Tables:
    """The tables of a world by model name."""

    def __init__(self) -> None:
        self.rows = {
            name: Rows(apps.get_model(name), *columns) for name, columns in COLUMNS.items()
        }

    def add(self, name: str, *values: Any) -> None:
        """One row of a table."""
        self.rows[name].add(*values)

    def flush(self) -> None:
        """Write what waits, in the order in which tables refer to each other."""
        for rows in self.rows.values():
            rows.flush()

    def models(self) -> Sequence[type[models.Model]]:
        """The models written."""
        return [rows.model for rows in self.rows.values()]
