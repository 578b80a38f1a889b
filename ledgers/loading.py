"""From rows to a snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, Q

from branches.models import (
    Affiliation,
    OrganisationService,
    OrganisationType,
    PartyMember,
    Post,
    Posting,
    PostKind,
)
from ledgers.catalogue import SINGLE
from ledgers.models import (
    Ledger,
    LedgerLeader,
    LedgerMeasure,
    LedgerMembers,
    LedgerNotEstablished,
    LedgerOperations,
    LedgerStaff,
)
from ledgers.models.ledger import SectionPart
from ledgers.snapshot import Previous, ReasonRow, RegisterFacts, Snapshot, UnitFact, Values
from societies.models import SocietyUnit, Tier

SECTION_MODELS: dict[str, type[LedgerOperations] | type[LedgerStaff] | type[LedgerMembers]] = {
    "operations": LedgerOperations,
    "staff": LedgerStaff,
    "members": LedgerMembers,
}

# Can hold 组织关系; may hold development files (R-DEV-05).
RELATION_HOLDERS = (
    OrganisationType.BRANCH,
    OrganisationType.JOINT_BRANCH,
    OrganisationType.GENERAL_BRANCH,
    OrganisationType.COMMITTEE,
)
# Whose secretary is the 党委书记 of 5.4.
PARTY_COMMITTEES = (OrganisationType.FUNCTIONAL_COMMITTEE, OrganisationType.COMMITTEE)
# Post of 5.4 → kind of post in the register.
POSTS_IN_REGISTER = {
    "party_secretary": PostKind.SECRETARY,
    "discipline_officer": PostKind.DISCIPLINE_OFFICER,
}


def column_values(row: models.Model) -> dict[str, Any]:
    """Every concrete column of a row by attribute name."""
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def values_of(section: str, row: SectionPart, **more: Any) -> Values:
    """One row as values."""
    single = section in SINGLE
    return Values(
        section=section,
        data=column_values(row) | more,
        raw=row.raw_input,
        prefilled=row.prefilled,
        row=0 if single else row.pk,
    )


def single_values(ledger: Ledger) -> dict[str, Values]:
    """5.1–5.3 of a version, read anew in one query."""
    row = Ledger.objects.select_related(*SECTION_MODELS).get(pk=ledger.pk)
    return {section: values_of(section, getattr(row, section)) for section in SECTION_MODELS}


def reason_rows(ledger: Ledger) -> tuple[ReasonRow, ...]:
    """5.5 of a version, with living measures."""
    rows = list(LedgerNotEstablished.objects.filter(ledger=ledger))
    if not rows:
        return ()
    measures: dict[int, list[LedgerMeasure]] = defaultdict(list)
    for measure in LedgerMeasure.living.filter(not_established__ledger=ledger):
        measures[measure.not_established_id].append(measure)
    return tuple(
        ReasonRow(
            values=values_of("not_established", row),
            unit_id=row.unit_id,
            tier=row.tier,
            measures=tuple(values_of("measures", m, tier=row.tier) for m in measures[row.pk]),
        )
        for row in rows
    )


def register_facts(society_id: int, on: date) -> RegisterFacts:
    """What the register says of a society at the end of a day."""
    covering: dict[int, OrganisationService] = {}
    committees: set[int] = set()
    services = OrganisationService.objects.filter(society_id=society_id).covering(on)
    for service in services.select_related("organisation").order_by("-valid_from"):
        covering[service.unit_id] = service
        if service.tier == Tier.COUNCIL and service.organisation_type in PARTY_COMMITTEES:
            committees.add(service.organisation_id)
    units = SocietyUnit.objects.filter(society_id=society_id).valid_on(on).order_by("tier", "pk")
    types = {service.organisation_type for service in covering.values()}
    holds = bool(types & set(RELATION_HOLDERS))
    postings = Posting.objects.filter(society_id=society_id).valid_on(on)
    return RegisterFacts(
        units=tuple(_unit_fact(unit, covering.get(unit.pk)) for unit in units),
        holds_relations=holds,
        develops_members=holds,
        postings=dict(postings.values_list("pk", "kind")),
        members_here=_members_here(society_id, on),
        party_posts=_party_posts(committees, on),
    )


def _members_here(society_id: int, on: date) -> int | None:
    """Confirmed members with their relation here (M-13); None without a confirmed record."""
    kept = PartyMember.objects.filter(society_id=society_id).counted()
    here = Affiliation.objects.filter(society_id=society_id).here_on(on)
    found = kept.aggregate(any=Count("pk"), here=Count("pk", filter=Q(affiliations__in=here)))
    return found["here"] if found["any"] else None


def _party_posts(committees: set[int], on: date) -> Mapping[str, frozenset[str]] | None:
    """Who are secretary and discipline officer of the council's 党委; None without records."""
    if not committees:
        return None
    posts = Post.objects.filter(organisation_id__in=committees, valid_from__lte=on)
    rows = list(posts.values_list("kind", "person_name", "valid_to"))
    if not rows:
        return None
    return {
        post: frozenset(
            name.strip() for kind, name, end in rows if kind == held and (not end or end > on)
        )
        for post, held in POSTS_IN_REGISTER.items()
    }


def _unit_fact(unit: SocietyUnit, service: OrganisationService | None) -> UnitFact:
    if service is None:
        return UnitFact(unit.pk, unit.tier, unit.name)
    since = max(service.valid_from, service.organisation.established_on)
    return UnitFact(unit.pk, unit.tier, unit.name, service.organisation.name, since)


def load_previous(ledger: Ledger) -> Previous | None:
    """The figures of the last accepted version of an earlier period."""
    before = Ledger.objects.previous_of(ledger)
    if before is None:
        return None
    return Previous(before.period.key, before.period.label, single_values(before))


def load_snapshot(ledger: Ledger, today: date) -> Snapshot:
    """Everything about a version, about a dozen queries."""
    return Snapshot(
        key=ledger.period.key,
        as_of=ledger.period.as_of,
        today=today,
        rules=ledger.period.edition.rules,
        sections=single_values(ledger),
        leaders=tuple(
            values_of("leaders", row) for row in LedgerLeader.living.filter(ledger=ledger)
        ),
        reasons=reason_rows(ledger),
        facts=register_facts(ledger.society_id, ledger.period.as_of),
        previous=load_previous(ledger),
    )
