"""Who counts as an author of a finding that came of a spot check (R-SUP-06; roles.md §2.3)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from common.states import Transition
from supervision.models import AnswerSend, Finding, InspectorSeat

# The column of who found it; a step that keeps its user out keeps the others who wrote it out too.
AUTHOR = "author"


def wrote(user: User) -> Exists:
    """Of findings: whether a user ever wrote the answer that the finding came of.

    Who wrote it last is its `author`; whoever wrote it before found it as well, and stays out of
    verifying and closing like him, also after his seat went to another. Writing is what counts:
    an inspector who only signed the check answers for the whole of it, and may verify what the
    other one found (R-SUP-03 asks for two, roles.md §3 for one of them ≠ author). A send that came
    too late changed nothing, and a registered finding came of no answer.
    """
    sends = AnswerSend.objects.filter(
        answer__spot_check=OuterRef("spot_check"),
        answer__item__code=OuterRef("item_code"),
        sent_by=user,
        applied=True,
    )
    return Exists(sends.order_by())


def barred(transition: Transition, finding: Finding, user: User) -> bool:
    """Whether a step is not for a user who wrote what was found, though not as the last."""
    if AUTHOR not in transition.distinct_from or finding.spot_check_id is None:
        return False
    return Finding.objects.filter(wrote(user), pk=finding.pk).exists()


def all_wrote() -> Q:
    """Of findings of a batch: whether no inspector of the check is left who may verify it."""
    sends = AnswerSend.objects.filter(
        answer__spot_check=OuterRef("spot_check"),
        answer__item__code=OuterRef(OuterRef("item_code")),
        sent_by=OuterRef("user"),
        applied=True,
    )
    seats = InspectorSeat.objects.living().filter(spot_check=OuterRef("spot_check"))
    left = seats.exclude(user=OuterRef("author")).exclude(Exists(sends.order_by()))
    return ~Q(Exists(left.order_by()))


def without_inspector(finding: Finding) -> bool:
    """Whether a reviewer must verify it: registered, or written by both inspectors."""
    if finding.batch_id is None:
        return True
    return Finding.objects.filter(all_wrote(), pk=finding.pk).exists()
