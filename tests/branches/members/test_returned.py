"""A returned record stays returned until its keeper mends it (roles.md §3, R-MEM-01)."""

from datetime import timedelta

import pytest

from branches.actions.confirming import return_member
from branches.actions.importing import answer_line, confirm_import, roll_back_import
from branches.actions.member_relations import stop_taking_part
from branches.actions.members import file_member
from branches.members import desk, writing
from branches.models import MemberState, Participation, PartyMember
from common.imports.batches import Answer
from tests.branches.members.conftest import NOW, TODAY
from tests.branches.members.test_filing import FACTS, confirm, file
from tests.branches.members.test_importing import ZHOU
from tests.factories.members import make_import

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=9)


def returned(register):
    """A record of the branch that the secretary sent back."""
    return return_member(
        member=file(register), row_version=1, reason="年月不符", by=register.secretary, now=NOW
    )


def joined_by_form(register):
    said = FACTS | {"organisation": register.other, "by": register.other_filer, "now": NOW}
    file_member(**said, answer=Answer.SAME)


def joined_by_workbook(register):
    batch = make_import(register.other, [ZHOU], by=register.other_filer, now=NOW)
    by = {"by": register.other_filer, "now": NOW}
    answer_line(batch=batch, line=2, said=Answer.SAME, **by)
    return confirm_import(batch=batch, **by)


def parted(register):
    stop_taking_part(
        participation=Participation.objects.get(),
        on=TODAY + timedelta(days=9),
        by=register.other_filer,
        now=LATER,
    )


def is_still_returned(register, member):
    """The record as its keeper left it, and the keeper's task."""
    now = PartyMember.objects.get()
    said = (now.state, now.return_reason, now.filed_by)
    (task,) = desk.returned(register.filer, TODAY)
    assert "更正被退回的党员记录 1 条" in task.title
    assert now.row_version > member.row_version  # old pages notice
    return said == (MemberState.RETURNED, "年月不符", register.filer.user)


@pytest.mark.parametrize("join", [joined_by_form, joined_by_workbook])
def test_another_organisation_cancels_no_return(register, join):
    member = returned(register)
    join(register)
    assert is_still_returned(register, member)
    parted(register)
    assert is_still_returned(register, member)


def test_refiled_by_anybody_the_return_would_be_gone(register, monkeypatch):
    """Negative control."""
    returned(register)
    monkeypatch.setattr(
        writing, "note_parts", lambda _, *args, **said: writing.refile(*args, **said)
    )
    joined_by_form(register)
    assert PartyMember.objects.get().state == MemberState.FILED
    assert not desk.returned(register.filer, TODAY)


def test_the_filer_of_a_waiting_record_stays_its_filer(register):
    """Whoever filed it may not confirm it, whoever else joins the person meanwhile."""
    file(register)
    joined_by_form(register)
    assert PartyMember.objects.get().filed_by == register.filer.user


def test_a_confirmed_record_waits_again(register):
    """The secretary sees that somebody takes part elsewhere."""
    confirm(register, file(register))
    joined_by_form(register)
    found = PartyMember.objects.get()
    assert (found.state, found.filed_by) == (MemberState.FILED, register.other_filer.user)


def test_a_joining_of_a_returned_record_is_taken_back(register):
    member = returned(register)
    batch = joined_by_workbook(register)
    roll_back_import(batch=batch, by=register.other_filer, now=NOW)
    assert is_still_returned(register, member)
    assert not Participation.objects.exists()
