"""Spot checks of the access world: one of each society, told, at each stage of its procedure.

The inspector under test sits at the own society's check, the lead under test leads the batch. The
check of the running batch (`findings.py`) stays unsigned, with an answer that no society reads.
"""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pgtrigger
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.permissions import Role
from common.clock import day_of
from societies.access import Actor
from societies.grants import actors_for
from supervision import actions
from supervision.actions.check_common import version_of
from supervision.models import (
    Answer,
    ChecklistItem,
    FramePart,
    FrameRow,
    InspectionBatch,
    InspectorSeat,
    SpotCheck,
)
from tests.access.findings import EARLIER
from tests.access.places import FAR, NEAR, OWN
from tests.factories import make_actor, make_user
from tests.factories.ledgers import AS_OF

CLIENT = UUID("22222222-2222-4222-8222-222222222222")
KEY = UUID("33333333-3333-4333-8333-333333333333")
SHORT = {"value": "not", "note": "第三季度支部党员大会无记录", "severity": "general"}
SEND = {"client": str(CLIENT), "seq": "1"}


def picture() -> bytes:
    """A photo's bytes."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    return out.getvalue()


def add_checks(world: Any) -> None:
    """A notified batch in each federation, with a check that nobody has started."""
    for place in (OWN, FAR):
        holding = world.holdings[place]
        running: InspectionBatch = holding.objects["running"]
        lead = world.users["IL"] if place == OWN else running.lead
        holding.objects["check_lead"] = (
            actors_for(lead, AS_OF)[0]
            if place == OWN
            else make_actor(Role.INSPECTION_LEAD, holding.society.federation, user=lead)
        )
        twin = InspectionBatch.objects.get(pk=running.pk)
        twin.pk, twin.code, twin.name = None, "DC-2026-B8", "上半年第三批"
        # The days on site are over at NOW, as the lead's record of a missing signature asks.
        twin.on_site_from = twin.on_site_to = day_of(EARLIER)
        twin.save()
        holding.objects["checking"] = twin
    for place, holding in world.holdings.items():
        home = world.holdings[OWN if place == NEAR else place].objects
        holding.objects |= {name: home[name] for name in ("checking", "check_lead")}
        holding.objects["check"] = _check(holding)
        mine = world.users["IN"] if place == OWN else None
        holding.objects["seated"] = [_seat(holding, 1, mine), _seat(holding, 2)]
        _unsigned(holding, world)


def _check(holding: Any) -> SpotCheck:
    society, batch = holding.society, holding.objects["checking"]
    with pgtrigger.ignore("supervision.FrameRow:frozen_stays"):
        FrameRow.objects.create(
            batch=batch,
            society=society,
            name=society.name,
            discipline=society.discipline_class,
            part=FramePart.RANDOM,
            drawn=True,
            position=1,
        )
    return SpotCheck.objects.create(
        batch=batch,
        federation_id=society.federation_id,
        society=society,
        code=f"DC-2026-8{society.pk}",
        part="random",
        position=1,
    )


def _seat(holding: Any, place: int, user: Any = None) -> Actor:
    actor = actors_for(user, AS_OF)[0] if user else make_actor(Role.INSPECTOR, holding.society)
    InspectorSeat.objects.create(
        spot_check=holding.objects["check"],
        place=place,
        user=actor.user,
        appointment=actor.appointment,
    )
    return actor


def _unsigned(holding: Any, world: Any) -> None:
    """An answer of the running check, and an inspector who said why he stays out."""
    check = holding.objects["finding"].spot_check
    items = ChecklistItem.objects.filter(edition=check.batch.edition)
    seat = check.seats.get(place=1)
    Answer.objects.create(
        spot_check=check,
        item=items.order_by("position")[0],
        value="mostly",
        note="尚未签字",
        answered_by=seat.user,
        answered_at=EARLIER,
    )
    seat.declared_at = EARLIER
    seat.save()
    stranger = make_user()
    InspectorSeat.objects.create(spot_check=check, place=2, user=stranger, recusal="任该会理事")


def fresh(holding: Any) -> SpotCheck:
    """The check as it stands."""
    rows = SpotCheck.objects.select_related("batch__edition", "society")
    return rows.get(pk=holding.objects["check"].pk)


def declared(holding: Any) -> None:
    """Both inspectors may answer; one photo is there."""
    for by in holding.objects["seated"]:
        actions.declare_no_recusal(check=fresh(holding), by=by, now=EARLIER)
    rows = Answer.objects.filter(spot_check=holding.objects["check"])
    # Something is known of every item, so that every column of text is looked for.
    rows.update(prefill_text="前三季度 2 次", prefill_source="组织生活登记", prefill_on=AS_OF)
    answer = rows.select_related("spot_check").order_by("item__position")[0]
    holding.objects["answer"] = answer
    holding.objects["photo"] = actions.add_photo(
        answer=answer, key=CLIENT, data=picture(), by=holding.objects["seated"][1], now=EARLIER
    )


def answered(holding: Any) -> None:
    """Every item answered, one 不符合."""
    declared(holding)
    by = holding.objects["seated"][1]
    rows = Answer.objects.filter(spot_check=holding.objects["check"]).order_by("item__position")
    for seq, row in enumerate(rows.select_related("spot_check"), 1):
        said = SHORT if seq == 1 else {"value": "conform", "note": "", "severity": ""}
        send = actions.Send(CLIENT, seq, row.row_version)
        actions.save_answer(answer=row, send=send, by=by, now=EARLIER, **said)


def _step(holding: Any, act: Any, by: Actor, **inputs: Any) -> None:
    act(check=fresh(holding), version=None, by=by, now=EARLIER, **inputs)


def signed(holding: Any) -> None:
    """Both inspectors have signed."""
    answered(holding)
    for by in holding.objects["seated"]:
        _step(holding, actions.sign_check, by)


def confirmed(holding: Any) -> None:
    """And the society, with another view."""
    signed(holding)
    _step(holding, actions.sign_for_society, holding.cast.secretary, dissent="记录后补")


def replied(holding: Any) -> None:
    """And the society replied."""
    confirmed(holding)
    _step(holding, actions.reply_to_check, holding.cast.secretary, reply="已补开")


def passed_on(holding: Any) -> None:
    """And the lead passed it on."""
    replied(holding)
    _step(holding, actions.pass_on_check, holding.objects["check_lead"], opinion="反馈属实")


STEPS = (declared, answered, signed, confirmed, replied, passed_on)


def _body(**values: str) -> Any:
    """A body with the present version of the place's check."""

    def made(world: Any, place: str, role: str) -> dict[str, Any]:
        return {"row_version": version_of(fresh(world.holding(place)))} | values

    return made


def _answer(world: Any, place: str, role: str) -> dict[str, Any]:
    answer = world.holding(place).objects.get("answer")
    version = Answer.objects.get(pk=answer.pk).row_version if answer else 1
    return SEND | SHORT | {"row_version": version}


def _photo(world: Any, place: str, role: str) -> dict[str, Any]:
    return {"key": str(KEY), "photo": SimpleUploadedFile("p.png", PICTURE, "image/png")}


PICTURE = picture()
BODIES: dict[str, Any] = {
    "check_declare": _body(),
    "check_recuse": _body(reason="任该会理事"),
    "check_sign": _body(),
    "check_reopen": _body(reason="3.1 有误"),
    "check_sign_society": _body(dissent="记录后补"),
    "check_record_unsigned": _body(unsigned="refused", reason="当面拒绝签字"),
    "check_record_barred": _body(reason="到场后拒绝提供资料并请督导组离开"),
    "check_reply": _body(reply="已补开"),
    "check_pass_on": _body(opinion="反馈属实"),
    "check_conclude": _body(conclusion="维持检查情况"),
    "answer_save": _answer,
    "photo_add": _photo,
    "photo_remove": lambda world, place, role: {},
}
