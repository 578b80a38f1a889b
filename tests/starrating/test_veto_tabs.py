"""Late tabs of a veto, for each of its steps, and the record that its page shows."""

from datetime import date

import pytest
from django.urls import reverse

from starrating import actions
from tests.factories.coverage import at
from tests.factories.rounds import ASSESSED, make_round
from tests.starrating.test_round_pages import Person, clock
from tests.starrating.test_round_places import propose, propose_and_confirm

pytestmark = pytest.mark.django_db
__all__ = ["clock"]
HEARD = at(date(2026, 3, 10))


def proposed(world):
    return propose(world)


def lift_proposed(world):
    veto = propose_and_confirm(world)
    return actions.propose_lift(
        veto=veto, row_version=None, reason="已补检", by=world.cast.leader, now=HEARD
    )


def secretary(world):
    return world.cast.secretary(world.entry())


def leader(world):
    return world.cast.leader


def member(world):
    return world.cast.members[0]


STEPS = {
    "veto_state": (proposed, secretary, ASSESSED, "statement"),
    "veto_confirm": (proposed, leader, HEARD, ""),
    "veto_second": (proposed, member, HEARD, ""),
    "veto_close": (proposed, leader, HEARD, "reason"),
    "veto_lift": (propose_and_confirm, leader, HEARD, "reason"),
    "veto_lift_second": (lift_proposed, member, HEARD, ""),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_late_tab_is_told_so_and_keeps_its_words(clock, name):
    """R8: the step is over; what was typed comes back, and no button for it again."""
    make, who, moment, field = STEPS[name]
    world = make_round()
    veto = make(world)
    clock(moment)
    person, page = Person(who(world).user), reverse("starrating:veto", args=[veto.pk])
    typed = {field: "第二个窗口的话"} if field else {}
    late = person.form(page, name, veto.pk) | typed
    answer = person.send(name, veto.pk, page, **({field: "第一个窗口的话"} if field else {}))
    assert answer.status_code == 302
    address = reverse(f"starrating:{name}", args=[veto.pk])
    answer = person.client.post(address, late)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "刚被他人办理" in text and f'action="{address}"' not in text
    assert not field or "第二个窗口的话" in text


def labels(world, veto):
    answer = Person(world.cast.leader.user).get("veto", veto.pk)
    return [(stage.label, stage.otherwise) for stage in answer.context["stages"] if not stage.at]


def test_the_record_says_what_is_awaited_and_what_never_came(clock):
    world = make_round()
    veto = propose(world)
    clock(ASSESSED)
    ahead = [("负责人核定", "待办理"), ("第二人确认", "待办理")]
    assert labels(world, veto) == [("学会陈述意见", "待陈述"), *ahead]
    clock(HEARD)
    assert labels(world, veto) == [("学会陈述意见", "期内未陈述意见"), *ahead]
    actions.close_veto(
        veto=veto, row_version=None, reason="已补检", by=world.cast.leader, now=HEARD
    )
    assert labels(world, veto) == [("学会陈述意见", "期内未陈述意见")]


@pytest.mark.parametrize(("lifted", "heading"), [(True, "解除的理由"), (False, "不予否决的理由")])
def test_the_reason_is_headed_by_what_it_is_for(clock, lifted, heading):
    world = make_round()
    clock(HEARD)
    if lifted:
        veto = actions.second_lift(
            veto=lift_proposed(world), row_version=None, by=world.cast.members[0], now=HEARD
        )
    else:
        by = {"by": world.cast.leader, "now": HEARD}
        veto = actions.close_veto(veto=propose(world), row_version=None, reason="已补检", **by)
    text = Person(world.cast.leader.user).get("veto", veto.pk).content.decode()
    assert f'<h2 id="why">{heading}</h2>' in text
