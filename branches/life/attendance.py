"""The list of names of an event: who may stand on it, and writing it (rules §3, trap 4).

On the list stands whoever belongs to the organisation's life on the day: relation there, or taking
part. The list is optional, since counts alone file an event in less time (R-LIFE-06, D-1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from branches.life.facts import LifeFacts
from branches.life.known import Known
from branches.models import Attendance, LifeKind, LifeRecord, OrganisationType

# Of these only a part of an organisation is expected, so nobody is absent for want of a mark. A
# 学会党委 has no others on its roll than those it calls.
_PART = {
    LifeKind.BRANCH_COMMITTEE_MEETING,
    LifeKind.PARTY_GROUP_MEETING,
    LifeKind.COMMITTEE_MEETING,
    LifeKind.STUDY_GROUP,
    LifeKind.DEMOCRATIC_LIFE_MEETING,
}
_TOGETHER = {OrganisationType.FUNCTIONAL_COMMITTEE, OrganisationType.WORKING_GROUP}
NOT_EXPECTED = "not_expected"
Marks = Mapping[int, str]


def expects_everybody(kind: str, organisation_type: str) -> bool:
    """Whether an event of the kind is for everybody on the organisation's roll."""
    return organisation_type in _TOGETHER or kind not in _PART


def completed(marks: Marks, roll: Iterable[int], otherwise: str) -> tuple[tuple[int, str], ...]:
    """The list that marks on a page mean; empty where the list was left alone.

    roll: everybody on the page. otherwise: the mark of those without one, NOT_EXPECTED for none.
    """
    found = [(member, marks.get(member) or otherwise) for member in roll]
    return tuple((member, mark) for member, mark in found if mark != NOT_EXPECTED)


def write_lists(lists: Iterable[tuple[LifeRecord, LifeFacts]], known: Known) -> None:
    """Store the lists of records filed just now, all by one statement."""
    Attendance.objects.bulk_create(
        [row for record, facts in lists for row in _rows(record, facts, known)], batch_size=5_000
    )


def rewrite_list(record: LifeRecord, facts: LifeFacts, known: Known) -> None:
    """Bring a record's list to what is said now; only what differs is written."""
    wanted = {row.member_id: row for row in _rows(record, facts, known)}
    standing = {row.member_id: row for row in record.attendances.all()}
    gone = [row.pk for member, row in standing.items() if member not in wanted]
    Attendance.objects.filter(pk__in=gone).delete()
    for member, row in wanted.items():
        if member in standing and standing[member].mark != row.mark:
            standing[member].mark = row.mark
            standing[member].save(update_fields=["mark"])
    Attendance.objects.bulk_create(row for member, row in wanted.items() if member not in standing)


def _rows(record: LifeRecord, facts: LifeFacts, known: Known) -> list[Attendance]:
    if not facts.attendees:
        return []
    societies = known.roll_on(facts.held_on)
    return [
        Attendance(record=record, member_id=member, society_id=societies[member], mark=mark)
        for member, mark in facts.attendees
    ]
