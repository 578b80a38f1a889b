"""Who comes back is refused at the day, never with an error of the database (R-MEM-01)."""

from datetime import date

import pytest
from django.db import IntegrityError

from branches.actions import members
from branches.actions.member_relations import leave_member, relate_member, stop_taking_part
from branches.models import Participation, PartyMember, Place
from common.errors import ActionRefused
from tests.branches.members.conftest import NOW, TODAY
from tests.branches.members.test_filing import file

pytestmark = pytest.mark.django_db
EARLY, ENDED = date(2026, 1, 1), date(2026, 6, 1)


def left(register):
    """Somebody of the branch who left on 2026-06-01."""
    member = file(register, since=EARLY)
    said = {"member": member, "row_version": None, "by": register.filer, "now": NOW}
    return leave_member(on=ENDED, **said)


def parted(register):
    """A member of the branch who took part in the other organisation until 2026-06-01."""
    member = file(register, since=EARLY)
    join(register, EARLY)
    part = Participation.objects.get()
    stop_taking_part(participation=part, on=ENDED, by=register.other_filer, now=NOW)
    return member


def join(register, since):
    said = {"organisation": register.other, "by": register.other_filer, "answer": "same"}
    return file(register, since=since, **said)


def test_not_back_before_having_left(register):
    left(register)
    for since in (EARLY, date(2026, 5, 31)):
        with pytest.raises(ActionRefused) as refused:
            file(register, since=since, answer="same")
        assert refused.value.errors == {
            "since": ["该同志已于 2026-06-01 离开，重新登记不能早于该日"]
        }
    back = file(register, since=ENDED, answer="same")
    assert back.left_on is None and back.affiliations.count() == 2


def test_not_taking_part_twice_at_a_time(register):
    member = parted(register)
    with pytest.raises(ActionRefused) as refused:
        join(register, date(2026, 5, 1))
    assert list(refused.value.errors) == ["since"]
    assert "这段时间内已登记参加" in refused.value.errors["since"][0]
    assert join(register, TODAY).pk == member.pk


def test_nor_by_moving_the_relation(register):
    """The relation moves here and away again within a time of taking part that has ended."""
    member = file(register, since=EARLY, place=Place.OTHER)
    part = Participation.objects.get()
    stop_taking_part(participation=part, on=ENDED, by=register.filer, now=NOW)
    said = {"member": member, "row_version": None, "by": register.filer, "now": NOW}
    relate_member(place=Place.HERE, on=date(2026, 3, 1), **said)
    with pytest.raises(ActionRefused) as refused:
        relate_member(place=Place.OTHER, on=date(2026, 4, 1), **said)
    assert list(refused.value.errors) == ["on"]
    assert PartyMember.objects.get().affiliations.open().get().place == Place.HERE


def test_the_database_is_what_refuses(register, monkeypatch):
    """Negative control: without its places the constraint is an error, not a word at a field."""
    parted(register)
    monkeypatch.setattr(members, "refusals", lambda *kinds, **more: real(PartyMember, **more))
    with pytest.raises(IntegrityError, match="participation_once_at_a_time"):
        join(register, date(2026, 5, 1))


real = members.refusals
