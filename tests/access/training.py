"""Training of the access world: a class of each federation, enrolments, attendance, hours."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.permissions import Role
from branches.models import PartyMember
from tests.access.members import SINCE
from tests.access.places import FAR, NEAR, OWN
from tests.factories import make_actor, make_class, make_event, make_training
from tests.factories.ledgers import AS_OF
from tests.factories.life import moment_of
from tests.factories.members import make_member, workbook
from training.actions.importing import confirm_attendance, upload_attendance
from training.models import (
    ClassQuota,
    Enrolment,
    HourEventState,
    SessionAttendance,
    TrainingClass,
)

NOW = moment_of(AS_OF).replace(hour=10)
HEADS = ("学会", "姓名", "出生年月", "到课", "考核结果")
LINE = 3
FACTS = {"kind": "study", "held_on": "2026-06-20", "portion": "half_day", "title": "学习条例"}
PLAN = {
    "title": "新班",
    "course": "officers",
    "mode": "on_site",
    "starts_on": "2026-09-01",
    "ends_on": "2026-09-01",
    "enrol_by": "2026-08-20",
    "place": "北京",
    "capacity": "30",
    "sessions": "2026-09-01 全天",
}
PLACES = {"society": "0", "name": "1", "birth_month": "2", "sessions": "3", "result": "4"}


def add_training(world: Any) -> None:
    """Settings and a class that begins today in each federation; events of each organisation."""
    for place in (OWN, FAR):
        _federation(world.holdings[place])
    home = world.holdings[OWN].objects
    for place, holding in world.holdings.items():
        objects = holding.objects
        if place == NEAR:
            objects |= {"class": home["class"], "manager": home["manager"]}
        _society(holding)
    for place in (OWN, FAR):
        _upload(world.holdings[place])


def _federation(holding: Any) -> None:
    federation = holding.society.federation
    make_training(federation)
    holding.objects["manager"] = make_actor(Role.TRAINING_MANAGER, federation)
    holding.objects["class"] = make_class(federation, starts_on=AS_OF, enrol_by=AS_OF)


def _trained(holding: Any) -> PartyMember:
    """A member gone by the day on which the ledger counts, so that it agrees with the register."""
    member = make_member(
        holding.organisation,
        by=holding.objects["filer"],
        confirmed_by=holding.cast.secretary,
        since=SINCE,
        now=NOW,
    )
    member.affiliations.update(valid_to=AS_OF)
    return member


def _society(holding: Any) -> None:
    """Places, somebody enrolled, somebody who may be, an event of each organisation."""
    objects, society = holding.objects, holding.society
    objects["quota"] = ClassQuota.objects.create(
        training_class=objects["class"], society=society, places=5, taken=1
    )
    TrainingClass.objects.filter(pk=objects["class"].pk).update(taken=2)
    member = _trained(holding)
    objects["enrolment"] = Enrolment.objects.create(
        training_class=objects["class"],
        society=society,
        member=member,
        person_name=member.name,
        enrolled_at=NOW,
        enrolled_by=holding.cast.clerk.user,
    )
    objects["trained"] = _trained(holding)
    said = {
        "state": HourEventState.FILED,
        "filed_by": objects["filer"].user,
        "confirmed_at": None,
        "confirmed_by": None,
    }
    objects["hour_event"] = make_event([objects["trained"]], AS_OF, **said)
    sibling = PartyMember.objects.get(pk=objects["sibling_member"].pk)
    objects["sibling_hour_event"] = make_event([sibling], AS_OF, **said)


def _upload(holding: Any) -> None:
    """A line that marks somebody, one of an unknown society with a way out."""
    enrolment = holding.objects["enrolment"]
    rows = [
        (holding.society.name, enrolment.person_name, "", "全部", "合格"),
        ("没有的学会", enrolment.person_name, "", "全部", "合格"),
    ]
    holding.objects["class_import"] = upload_attendance(
        chosen=holding.objects["class"],
        name="到课.xlsx",
        data=workbook(rows, HEADS, "到课登记"),
        by=holding.objects["manager"],
        now=NOW,
    )


@cache
def _blank() -> bytes:
    return workbook([("某学会", "某人", "", "全部", "合格")], HEADS, "到课登记")


def upload() -> SimpleUploadedFile:
    """A workbook to send."""
    return SimpleUploadedFile("到课.xlsx", _blank())


def training_target(holding: Any, kind: str, *, sibling: bool) -> dict[str, Any]:
    """What the addresses of training are filled with."""
    prefix = "sibling_" if sibling else ""
    if kind == "offered_line":
        return {"pk": holding.objects["class_import"].pk, "line": LINE}
    if kind == "own_member":
        return {"pk": holding.objects[f"{prefix}member"].pk}
    return {"pk": holding.objects[f"{prefix}hour_event"].pk}


def drafted(world: Any) -> None:
    """The plan is not sent yet."""
    _classes(world).update(
        state="draft", planned_at=None, planned_by=None, decided_at=None, decided_by=None
    )


def planned(world: Any) -> None:
    """The plan waits for the leader."""
    _classes(world).update(state="planned", decided_at=None, decided_by=None)


def held(world: Any) -> None:
    """Everybody enrolled was there and has passed."""
    _classes(world).update(state="held")
    for holding in world.holdings.values():
        enrolment = holding.objects["enrolment"]
        Enrolment.objects.filter(pk=enrolment.pk).update(result="passed")
        SessionAttendance.objects.create(
            enrolment=enrolment, session=holding.objects["class"].sessions.get()
        )


def imported(world: Any) -> None:
    """The workbook is written."""
    for place in (OWN, FAR):
        objects = world.holdings[place].objects
        confirm_attendance(batch=objects["class_import"], by=objects["manager"], now=NOW)


def _classes(world: Any) -> Any:
    return TrainingClass.objects.filter(
        pk__in=[h.objects["class"].pk for h in world.holdings.values()]
    )


def marks(holding: Any) -> dict[str, Any]:
    """What the grid sends of the one who is enrolled."""
    pk = holding.objects["enrolment"].pk
    session = holding.objects["class"].sessions.get().pk
    return {f"r-{pk}": "passed", f"s-{pk}-{session}": "on"}
