"""Whatever is done in whatever order, the register keeps its promises (R-MEM-01, R-MEM-07)."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.actions.confirming import confirm_members, return_member
from branches.actions.importing import confirm_import, roll_back_import
from branches.actions.member_relations import leave_member, relate_member
from branches.actions.members import file_member
from branches.models import Affiliation, Participation, PartyMember, Place
from common.errors import ActionRefused, Conflict, NotAllowed
from tests.branches.members.conftest import NOW
from tests.branches.members.test_importing import stored
from tests.factories.members import make_import

PEOPLE = ("甲某", "乙某", "丙某")
DAYS = st.integers(0, 40)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["file", "relate", "leave", "confirm", "return", "import"]),
        st.integers(0, 2),
        st.sampled_from(Place.values),
        st.booleans(),
        DAYS,
    ),
    max_size=14,
).map(lambda steps: sorted(steps, key=lambda step: step[-1]))  # no day comes before the last
FEW = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def do(register, verb, who, place, elsewhere, days):
    """One step, as somebody might try it; a refusal is an answer."""
    on, now = date(2026, 3, 1) + timedelta(days), NOW + timedelta(days)
    branch = register.other if elsewhere else register.branch
    filer = register.other_filer if elsewhere else register.filer
    member = PartyMember.objects.filter(name=PEOPLE[who]).first()
    if verb == "file":
        file_member(
            organisation=branch,
            name=PEOPLE[who],
            birth_month=date(1970, 1, 1),
            joined_month=date(1990, 1, 1),
            full_since=None,
            place=place,
            since=on,
            answer="same" if elsewhere else "",
            by=filer,
            now=now,
        )
    elif verb == "import":
        row = (PEOPLE[who], "1970-01", "1990-01", "", Place(place).label)
        confirm_import(batch=make_import(branch, [row], by=filer, now=now), by=filer, now=now)
    elif member is None:
        return
    elif verb == "relate":
        relate_member(member=member, row_version=None, place=place, on=on, by=filer, now=now)
    elif verb == "leave":
        leave_member(member=member, row_version=None, on=on, by=filer, now=now)
    elif verb == "confirm":
        versions = {member.pk: member.row_version}
        confirm_members(members=versions, by=register.secretary, now=now)
    else:
        said = {"row_version": None, "reason": "请核对", "by": register.secretary, "now": now}
        return_member(member=member, **said)


def attempt(register, *step):
    try:
        with transaction.atomic():
            do(register, *step)
    except (ActionRefused, Conflict, NotAllowed):
        pass


def overlaps(rows):
    """Pairs of one key whose days overlap."""
    found = []
    for n, (key, start, end) in enumerate(rows):
        for other, begin, stop in rows[n + 1 :]:
            if key == other and start < (stop or date.max) and begin < (end or date.max):
                found.append((key, start, begin))
    return found


def broken_promises():
    """What the register promises after any steps, and does not keep."""
    affiliations = list(Affiliation.objects.values_list("member_id", "valid_from", "valid_to"))
    parts = Participation.objects.values_list(
        "member_id", "organisation_id", "valid_from", "valid_to"
    )
    broken = overlaps(affiliations) + overlaps([((m, o), a, b) for m, o, a, b in parts])
    for member in PartyMember.objects.all():
        kept = {
            "one relation": member.affiliations.open().count() == (0 if member.left_on else 1),
            "two people": member.confirmed_by_id != member.filed_by_id,
            "gone for good": not (member.left_on and member.participations.open().exists()),
            "confirmed": member.state != "confirmed"
            or bool(member.first_confirmed_on and member.confirmed_values),
        }
        broken += [(member.pk, name) for name, holds in kept.items() if not holds]
    connection.check_constraints()
    return broken


@pytest.mark.django_db
@FEW
@given(steps=STEPS)
def test_no_order_of_steps_breaks_the_register(register, steps):
    with transaction.atomic():
        for step in steps:
            attempt(register, *step)
        assert broken_promises() == []
        transaction.set_rollback(True)


@pytest.mark.django_db
@FEW
@given(steps=STEPS, rows=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(Place.values))))
def test_an_import_taken_back_leaves_no_trace(register, steps, rows):
    said = [(PEOPLE[who], "1970-01", "1990-01", "1991-01", Place(p).label) for who, p in rows]
    with transaction.atomic():
        for step in steps:
            attempt(register, *step)
        before, now = stored(), NOW + timedelta(41)
        if said:
            batch = make_import(register.branch, said, by=register.filer, now=now)
            if batch.rows.filter(kind__in=("new", "changed")).exists():
                confirm_import(batch=batch, by=register.filer, now=now)
                assert broken_promises() == []
                roll_back_import(batch=batch, by=register.filer, now=now)
        assert stored() == before
        transaction.set_rollback(True)
