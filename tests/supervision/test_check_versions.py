"""What a signer has seen, and what a phone is told that never heard its answer was kept (R8)."""

from uuid import uuid4

import pytest

from common.errors import ActionRefused, Conflict
from supervision import actions
from supervision.actions import answering, check_common
from supervision.models import AnswerSend, CheckSignature
from tests.factories.checks import ON_SITE, answered
from tests.supervision.photo_files import picture

pytestmark = pytest.mark.django_db


def add(world):
    given = {"key": uuid4(), "data": picture(), "by": world.second, "now": ON_SITE}
    return actions.add_photo(answer=world.answer("2.6"), **given)


def sign(world, version):
    return actions.sign_check(check=world.check, version=version, by=world.first, now=ON_SITE)


def test_a_photo_more_or_less_is_something_not_seen():
    """R-SUP-04: the signer signs answers and photos as the page showed them."""
    world = answered()
    before = world.version()
    photo = add(world)
    with pytest.raises(Conflict):
        sign(world, before)
    during = world.version()
    actions.remove_photo(photo=photo, by=world.second, now=ON_SITE)
    with pytest.raises(Conflict):
        sign(world, during)
    assert sign(world, world.version()).kind == "first"


def test_without_photos_in_the_version_they_would_be_signed_unseen(monkeypatch):
    """Negative control."""
    world = answered()
    monkeypatch.setattr(check_common, "version_of", lambda check: check.row_version)
    before = check_common.version_of(world.fresh())
    add(world)
    assert sign(world, before)


def again(world):
    """The last send of 2.6 once more: its reply was lost."""
    sent = AnswerSend.objects.filter(answer=world.answer("2.6")).latest("seq")
    return world.save("2.6", client=sent.client, seq=sent.seq, seen=0)


def test_a_kept_answer_is_told_so_after_the_colleague_signed():
    """R6: 已保存 is true whatever happened meanwhile; a new text is refused."""
    world = answered()
    actions.sign_check(check=world.check, version=None, by=world.second, now=ON_SITE)
    assert again(world).applied is False
    with pytest.raises(ActionRefused):
        world.save("2.6", "na", "另一段话")
    assert CheckSignature.objects.count() == 1


def test_without_the_look_for_the_twin_a_kept_answer_fails(monkeypatch):
    """Negative control."""
    world = answered()
    actions.sign_check(check=world.check, version=None, by=world.second, now=ON_SITE)
    monkeypatch.setattr(answering, "_is_kept", lambda *_: False)
    with pytest.raises(ActionRefused):
        again(world)
