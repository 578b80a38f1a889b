"""Writing members by sets: the form writes one, an import thousands, by the same statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F

from branches.members.deciding import Facts
from branches.models import (
    Affiliation,
    MemberImport,
    MemberState,
    Participation,
    PartyMember,
    PartyOrganisation,
    Place,
)
from common.locks import wait_lock
from common.pinyin import initials, sort_key

BATCH = 1_000


def lock_register(society_id: int) -> None:
    """One writer of a society's register at a time: keys are asked for and written together."""
    wait_lock(f"members:{society_id}")


def create(
    organisation: PartyOrganisation,
    people: Sequence[Facts],
    *,
    since: date,
    user: Any,
    now: datetime,
    source: MemberImport | None = None,
) -> list[PartyMember]:
    """File new members of an organisation; somebody of the same key becomes a namesake."""
    taken = _namesakes(organisation.society_id, people)
    members = []
    for facts in people:
        taken[facts.key] = taken.get(facts.key, -1) + 1
        members.append(
            PartyMember(
                society_id=organisation.society_id,
                organisation=organisation,
                name=facts.name,
                birth_month=facts.birth_month,
                joined_month=facts.joined_month,
                full_since=facts.full_since,
                namesake=taken[facts.key],
                sort_key=sort_key(facts.name),
                initials=initials(facts.name),
                filed_by=user,
                filed_at=now,
                source=source,
            )
        )
    PartyMember.objects.bulk_create(members, batch_size=BATCH)
    pairs = [(m.pk, f.place or Place.HERE) for m, f in zip(members, people, strict=True)]
    settle(organisation, pairs, since=since)
    return members


def _namesakes(society_id: int, people: Sequence[Facts]) -> dict[Any, int]:
    """The highest namesake of each key in the register."""
    wanted = {facts.key for facts in people}
    rows = PartyMember.objects.alike(society_id, wanted).order_by("namesake")
    names = ("name", "birth_month", "joined_month", "namesake")
    return {row[:3]: row[3] for row in rows.values_list(*names) if row[:3] in wanted}


def settle(
    organisation: PartyOrganisation, pairs: Sequence[tuple[int, str]], *, since: date
) -> tuple[list[Affiliation], list[Participation]]:
    """Open a relation for each (member, place); those whose relation is elsewhere take part."""
    affiliations = [
        Affiliation(
            member_id=member,
            society_id=organisation.society_id,
            organisation=organisation if place == Place.HERE else None,
            place=place,
            valid_from=since,
        )
        for member, place in pairs
    ]
    Affiliation.objects.bulk_create(affiliations, batch_size=BATCH)
    elsewhere = [member for member, place in pairs if place != Place.HERE]
    return affiliations, join(organisation, elsewhere, since=since)


def join(
    organisation: PartyOrganisation, members: Sequence[int], *, since: date
) -> list[Participation]:
    """Let members take part in an organisation from a day on, those who do not yet."""
    already = set(
        Participation.objects.open()
        .filter(organisation=organisation, member__in=members)
        .values_list("member_id", flat=True)
    )
    rows = [
        Participation(
            member_id=member,
            society_id=organisation.society_id,
            organisation=organisation,
            valid_from=since,
        )
        for member in members
        if member not in already
    ]
    return Participation.objects.bulk_create(rows, batch_size=BATCH)


def move(
    organisation: PartyOrganisation, places: Mapping[int, str], *, on: date
) -> dict[int, dict[str, Any]]:
    """Change where relations lie from a day on; returns per member what undoing must restore.

    A relation that began that very day never was: it is replaced.
    """
    undo: dict[int, dict[str, Any]] = {member: {} for member in places}
    _end(Affiliation.objects.open().filter(member__in=places), on, undo, "affiliation")
    settled = [member for member, place in places.items() if place == Place.HERE]
    own = Participation.objects.open().filter(member__in=settled, organisation=organisation)
    _end(own, on, undo, "participation")
    affiliations, joined = settle(organisation, list(places.items()), since=on)
    for row in affiliations:
        undo[row.member_id]["new_affiliation"] = row.pk
    for part in joined:
        undo[part.member_id]["new_participation"] = part.pk
    return undo


def _end(rows: Any, on: date, undo: dict[int, dict[str, Any]], name: str) -> None:
    """End dated rows on a day, remembering them; rows that begin that day or later go."""
    names = ("pk", "member_id", "organisation_id", "valid_from")
    fields = (*names, "place") if name == "affiliation" else names
    for row in rows.values(*fields):
        kept = row | {"valid_from": str(row["valid_from"]), "gone": row["valid_from"] >= on}
        undo[row["member_id"]][name] = kept
    rows.filter(valid_from__gte=on).delete()
    rows.filter(valid_from__lt=on).update(valid_to=on)


def refile(members: Sequence[int], *, user: Any, now: datetime, **values: Any) -> None:
    """Note that records were changed: they wait for the secretary again."""
    PartyMember.objects.filter(pk__in=members).update(
        state=MemberState.FILED,
        filed_by=user,
        filed_at=now,
        confirmed_by=None,
        confirmed_at=None,
        row_version=F("row_version") + 1,
        **values,
    )


def note_parts(
    organisation: PartyOrganisation, members: Sequence[int], *, user: Any, now: datetime
) -> None:
    """Note that an organisation changed who takes part in it: records wait for confirmation again.

    A record of another organisation that waits already, or was returned, keeps its state and filer:
    what its keeper has to mend stays to be mended.
    """
    rows = PartyMember.objects.filter(pk__in=members).order_by("pk").select_for_update()
    found = rows.values_list("pk", "organisation_id", "state")
    pending = {
        pk
        for pk, keeper, state in found
        if keeper != organisation.pk and state != MemberState.CONFIRMED
    }
    PartyMember.objects.filter(pk__in=pending).update(row_version=F("row_version") + 1)
    refile([pk for pk in members if pk not in pending], user=user, now=now)
