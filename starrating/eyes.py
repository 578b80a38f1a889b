"""Four eyes over time: who ever acted in one part of an entry's way acts in no other.

The columns of an entry know the last one of each part; its steps are never changed nor deleted and
know everybody: a former assessor, the re-examiner of a former objection, a member who referred it
back (R-STAR-06, R-ROLE-01; roles.md §3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum

from django.db.models import QuerySet

from starrating import states
from starrating.models import EntryState, RatingStep


class Part(StrEnum):
    """The parts that different persons take; clerk and secretary are compared by column."""

    SOCIETY = "society"
    ASSESSMENT = "assessment"
    DELIBERATION = "deliberation"
    RE_EXAMINATION = "re_examination"


_PARTS = {
    states.SEND_APPLICATION: Part.SOCIETY,
    states.SIGN_APPLICATION: Part.SOCIETY,
    states.SEND_SELF: Part.SOCIETY,
    states.SIGN_SELF: Part.SOCIETY,
    states.HAND_BACK: Part.SOCIETY,
    states.OBJECT: Part.SOCIETY,
    states.SAVE_ASSESSMENT: Part.ASSESSMENT,
    states.SUBMIT_ASSESSMENT: Part.ASSESSMENT,
    states.GIVE_BACK: Part.ASSESSMENT,
    states.AGREE: Part.DELIBERATION,
    states.REFER_BACK: Part.DELIBERATION,
    states.CHOOSE: Part.DELIBERATION,
    states.RE_EXAMINE: Part.RE_EXAMINATION,
}
_BY_VERB = {transition.verb: part for transition, part in _PARTS.items()}
# A changed line is a step of whoever has the entry in hand.
_ADJUSTING = {
    EntryState.SELF_ASSESSED: Part.ASSESSMENT,
    EntryState.OBJECTED: Part.RE_EXAMINATION,
}
# Steps after which nobody decides the round as its leader.
TAKING_PART = (*_BY_VERB, states.ADJUST, states.POST)


def part_of(verb: str, source: str) -> Part | None:
    """The part a step belongs to; None for the reviewer's own (assigning, posting)."""
    if verb == states.ADJUST:
        return _ADJUSTING.get(EntryState(source))
    return _BY_VERB.get(verb)


def parts_of(steps: QuerySet[RatingStep], user_id: int) -> Mapping[int, set[Part]]:
    """Entry → parts in which the user acted, of these steps; one query."""
    found: dict[int, set[Part]] = defaultdict(set)
    mine = steps.filter(by=user_id).order_by()
    for entry, verb, source in mine.values_list("entry_id", "verb", "from_state").distinct():
        part = part_of(verb, source)
        if part is not None:
            found[entry].add(part)
    return found
