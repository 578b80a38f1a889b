"""The search of the top bar: explicit collectors over the rooms, each inside the actor's scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from accounts.permissions import Permission, ScopeKind
from branches.models import LifeRecord, PartyOrganisation
from common import clock
from dashboards.links import address
from ledgers.models import Ledger
from societies.access import Actor, ScopedQuerySet
from societies.models import Society

SHOWN = 10
LOOK_BACK = timedelta(days=366)


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    label: str
    note: str
    url: str


@dataclass(frozen=True)
class Found:
    """What one collector found: the first hits, how many there are, where the whole list is."""

    label: str
    unit: str
    hits: list[Hit]
    count: int
    list_url: str


@dataclass(frozen=True)
class Collector:
    """One kind of thing to look for. rows: visible rows that match; hit: a row as a line."""

    label: str
    unit: str
    right: Permission
    rows: Callable[[Actor, str], ScopedQuerySet]
    hit: Callable[..., Hit]  # (row, actor)
    list_view: str = ""

    def find(self, actor: Actor, text: str) -> Found:
        """The matches in the actor's scope."""
        rows = self.rows(actor, text)
        first = list(rows[: SHOWN + 1])
        count = len(first) if len(first) <= SHOWN else rows.count()
        listed = self.list_view and actor.federation and not actor.society_id
        url = address(self.list_view, q=text) if listed else ""
        return Found(
            self.label, self.unit, [self.hit(row, actor) for row in first[:SHOWN]], count, url
        )


def _societies(actor: Actor, text: str) -> ScopedQuerySet:
    return Society.objects.visible_to(actor).matching(text)


def _society_hit(society: Society, actor: Actor) -> Hit:
    note = f"{society.code} · {society.get_discipline_class_display()}"
    return Hit(society.name, note, address("society", society.pk))


def _organisations(actor: Actor, text: str) -> ScopedQuerySet:
    rows = PartyOrganisation.objects.visible_to(actor).select_related("society")
    return rows.filter(Q(name__icontains=text) | Q(approval_number__icontains=text))


def _organisation_hit(organisation: PartyOrganisation, actor: Actor) -> Hit:
    ended = f" · {organisation.dissolved_on} 起撤销" if organisation.dissolved_on else ""
    note = f"{organisation.get_type_display()} · {organisation.approval_number}{ended}"
    return Hit(organisation.name, note, address("branches:detail", organisation.pk))


def _ledgers(actor: Actor, text: str) -> ScopedQuerySet:
    rows = Ledger.objects.visible_to(actor).select_related("society", "period")
    return rows.filter(number__icontains=text).order_by("-period__as_of", "number", "-version")


def _ledger_hit(ledger: Ledger, actor: Actor) -> Hit:
    note = f"{ledger.society.name} · {ledger.period.title} · {ledger.get_state_display()}"
    reviews = any(map(actor.may_any, (Permission.LEDGER_REVIEW, Permission.LEDGER_DECIDE)))
    view, args = (
        ("ledgers:review", (ledger.pk,)) if reviews else ("ledgers:section", (ledger.pk, 1))
    )
    return Hit(ledger.full_number, note, address(view, *args))


def _life(actor: Actor, text: str) -> ScopedQuerySet:
    """Records by what was on the agenda, learnt or decided; the committee's of the last year.

    Elsewhere an organisation's name finds the organisation itself, not each of its meetings.
    """
    rows = LifeRecord.objects.visible_to(actor).select_related("organisation")
    if actor.spec.kind == ScopeKind.FEDERATION:
        rows = rows.filter(held_on__gt=clock.today() - LOOK_BACK)
    said = Q(agenda__icontains=text) | Q(learning__icontains=text) | Q(decision__icontains=text)
    return rows.filter(said)


def _life_hit(record: LifeRecord, actor: Actor) -> Hit:
    label = f"{record.held_on} {record.get_kind_display()} {record.agenda[:40]}".strip()
    note = f"{record.organisation.name} · {record.get_state_display()}"
    return Hit(label, note, address("branches:life_record", record.pk))


COLLECTORS: tuple[Collector, ...] = (
    Collector("学会", "家", Permission.SOCIETY_VIEW, _societies, _society_hit, "societies:list"),
    Collector(
        "党组织",
        "个",
        Permission.ORGANISATION_VIEW,
        _organisations,
        _organisation_hit,
        "branches:list",
    ),
    Collector("台账", "份", Permission.LEDGER_VIEW, _ledgers, _ledger_hit),
    Collector("组织生活", "条", Permission.LIFE_VIEW, _life, _life_hit, "branches:life_list"),
)
RIGHTS: tuple[Permission, ...] = tuple(collector.right for collector in COLLECTORS)


def search_all(actor: Actor, text: str) -> list[Found]:
    """What every collector finds that the actor has the right for, in the order of the list."""
    return [c.find(actor, text) for c in COLLECTORS if actor.may_any(c.right)]
