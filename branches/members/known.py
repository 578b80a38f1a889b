"""What the register knows of given keys: a constant number of statements for any number of keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from branches.members.deciding import Key, Known
from branches.models import Affiliation, Participation, PartyMember, Place


def known_members(
    society_id: int, organisation_id: int, keys: Iterable[Key]
) -> dict[Key, list[Known]]:
    """Everybody of the society with one of these keys, as the deciding function wants it."""
    wanted = set(keys)
    rows = [
        row
        for row in PartyMember.objects.alike(society_id, wanted).values_list(
            *("pk", "name", "birth_month", "joined_month", "namesake", "organisation_id"),
            *("full_since", "left_on"),
        )
        if row[1:4] in wanted
    ]
    ids = [row[0] for row in rows]
    relations = {
        member: (place, organisation)
        for member, place, organisation in Affiliation.objects.open()
        .filter(member__in=ids)
        .order_by()
        .values_list("member_id", "place", "organisation_id")
    }
    joined = set(
        Participation.objects.open()
        .filter(member__in=ids, organisation=organisation_id)
        .order_by()
        .values_list("member_id", flat=True)
    )
    found: dict[Key, list[Known]] = defaultdict(list)
    for pk, name, birth, since, namesake, keeper, full, left in rows:
        place, relation = relations.get(pk, (Place.OTHER, None))
        known = Known(pk, namesake, keeper, full, left, place, relation, pk in joined)
        found[name, birth, since].append(known)
    return found
