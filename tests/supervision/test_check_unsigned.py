"""A society that does not sign: recorded by the lead, never agreement (R-SUP-03, R-SUP-03a)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.permissions import Role
from common.errors import ActionRefused, NotAllowed
from supervision import actions, check_desk
from supervision.models import CheckSignature, CheckState, CheckStep, SpotCheck
from tests.factories import make_actor
from tests.factories.checks import ON_SITE, answered, signed
from tests.supervision.browsing import browser, told

pytestmark = pytest.mark.django_db
# The days on site end on 2026-12-11, a Friday.
AFTER = ON_SITE.replace(month=12, day=14)
WHY = "12 月 9 日当面请其核对，秘书处负责人拒绝签字"
SHORT = ("not", "第三季度支部党员大会无记录", "serious")


def record(world, by=None, now=AFTER, **said):
    given = {"unsigned": "refused", "reason": WHY} | said
    by = by or world.batch.cast.lead
    return actions.record_unsigned(check=world.check, version=None, by=by, now=now, **given)


def test_the_lead_records_it_and_the_check_goes_on():
    world = signed(answered(i2_6=SHORT))
    row = record(world)
    assert (row.state, row.unsigned, row.reply_due) == (
        CheckState.CONFIRMED,
        "refused",
        date(2026, 12, 21),
    )
    assert row.unsigned_by == world.batch.cast.lead.user
    kinds = CheckSignature.objects.filter(spot_check=row).values_list("kind", flat=True)
    assert set(kinds) == {"first", "second"}
    step = CheckStep.objects.filter(spot_check=row).first()
    assert (step.verb, step.text) == ("record_unsigned", f"拒签：{WHY}")
    actions.reply_to_check(
        check=world.check, version=None, reply="会议已补开", by=world.secretary, now=AFTER
    )
    lead, reviewer = world.batch.cast.lead, world.batch.cast.reviewer
    actions.pass_on_check(check=world.check, version=None, opinion="属实", by=lead, now=AFTER)
    found = actions.conclude_check(
        check=world.check, version=None, conclusion="维持", by=reviewer, now=AFTER
    )
    assert [row.item_code for row in found] == ["2.6"]


def test_not_before_the_days_on_site_are_over():
    world = signed(answered())
    with pytest.raises(ActionRefused, match="2026-12-11"):
        record(world, now=ON_SITE.replace(month=12, day=11))
    assert world.fresh().state == CheckState.TO_SIGN
    assert record(world, now=ON_SITE.replace(month=12, day=12)).unsigned == "refused"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("reason", {"reason": "  "}),
        ("unsigned", {"unsigned": ""}),
        ("unsigned", {"unsigned": "agreed"}),
    ],
)
def test_it_says_which_and_why(field, said):
    world = signed(answered())
    with pytest.raises(ActionRefused) as refused:
        record(world, **said)
    assert field in refused.value.errors
    assert world.fresh().state == CheckState.TO_SIGN


def test_both_inspectors_sign_first_and_nobody_else_records():
    world = answered()
    with pytest.raises(ActionRefused, match="状态"):
        record(world)
    actions.sign_check(check=world.check, version=None, by=world.first, now=ON_SITE)
    with pytest.raises(ActionRefused, match="两名"):
        record(world)
    actions.sign_check(check=world.check, version=None, by=world.second, now=ON_SITE)
    cast = world.batch.cast
    another = make_actor(Role.INSPECTION_LEAD, world.check.federation)
    for by in (world.first, world.secretary, cast.reviewer, cast.leader, another):
        with pytest.raises(NotAllowed):
            record(world, by=by)
    doubled = make_actor(Role.INSPECTION_LEAD, world.check.federation, user=world.first.user)
    with pytest.raises(NotAllowed):
        record(world, by=doubled)
    assert world.fresh().unsigned == ""


def test_once_recorded_the_society_does_not_sign_any_more():
    world = signed(answered())
    record(world, unsigned="silent", reason="两次书面请其签字，未答复")
    with pytest.raises(ActionRefused, match="状态"):
        actions.sign_for_society(
            check=world.check, version=None, dissent="", by=world.secretary, now=AFTER
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckSignature.objects.create(
            spot_check=world.check,
            kind="society",
            signed_by=world.secretary.user,
            appointment=world.secretary.appointment,
            signed_at=AFTER,
        )
    with pytest.raises(IntegrityError, match="unsigned_whole"), transaction.atomic():
        SpotCheck.objects.filter(pk=world.check.pk).update(unsigned="")


def test_a_signed_check_is_not_called_unsigned():
    """Negative control: after the society's signature there is nothing to record."""
    world = signed(answered())
    actions.sign_for_society(
        check=world.check, version=None, dissent="", by=world.secretary, now=AFTER
    )
    with pytest.raises(ActionRefused, match="状态"):
        record(world)
    assert world.fresh().unsigned_words == ""


def test_every_page_says_unsigned(monkeypatch):
    monkeypatch.setattr("common.clock.now", lambda: AFTER)
    world = signed(answered(i2_6=SHORT))
    lead, pk = world.batch.cast.lead, world.check.pk
    shown = browser(lead).get(f"/supervision/checks/{pk}/")
    form = shown.context["steps"]["record_unsigned"]
    data = {name: form[name].value() for name in ("form_token", "row_version")}
    address = f"/supervision/checks/{pk}/unsigned/"
    assert browser(lead).post(address, data | {"unsigned": "refused"}).status_code == 422
    sent = data | {"unsigned": "refused", "reason": WHY}
    assert browser(lead).post(address, sent).status_code == 302
    society, batch = world.check.society_id, world.batch.batch.pk
    assert "学会未签（拒签）" in told(browser(lead).get(reverse("supervision:batch", args=[batch])))
    for by in (lead, world.secretary, world.first, world.batch.cast.reviewer):
        for page in ("", f"{pk}/", f"{pk}/print/"):
            assert "学会未签（拒签）" in told(browser(by).get(f"/supervision/checks/{page}"))
        if by is not lead:
            assert "学会未签（拒签）" in told(browser(by).get(reverse("society", args=[society])))
        whole = told(browser(by).get(f"/supervision/checks/{pk}/"))
        assert "未签不表示同意" in whole
        assert "学会已签字" not in whole


def test_the_lead_is_asked_when_the_days_are_over():
    world = signed(answered())

    def asked(day):
        return [t.title for t in check_desk.checks(world.batch.cast.lead, day)]

    assert asked(date(2026, 12, 11)) == []
    assert [title.split("：")[0] for title in asked(date(2026, 12, 12))] == [
        "现场检查已结束，学会未签字"
    ]
    record(world, now=AFTER)
    assert asked(AFTER.date() + timedelta(days=1)) == []


def test_silence_is_one_only_after_days_to_sign():
    """R-SUP-03a: inspectors who sign on the last day on site leave the society its working days."""
    world = answered()
    world.now = ON_SITE.replace(month=12, day=11)
    signed(world)
    # Three working days from Friday the 11th: the 16th is the last.
    for day in (14, 16):
        with pytest.raises(ActionRefused, match=r"2026-12-16（含当日）前签字"):
            record(world, unsigned="silent", now=ON_SITE.replace(month=12, day=day))
    assert record(world, unsigned="silent", now=ON_SITE.replace(month=12, day=17)).unsigned


def test_without_the_days_to_sign_silence_would_come_at_once(monkeypatch):
    """Negative control."""
    world = answered()
    world.now = ON_SITE.replace(month=12, day=11)
    signed(world)
    monkeypatch.setattr("supervision.actions.signing.sign_until", lambda check: date.min)
    assert record(world, unsigned="silent", now=ON_SITE.replace(month=12, day=12)).unsigned
