"""The pages of a round: the whole procedure by forms, replayed posts, stale tabs, four eyes."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.permissions import Role
from starrating.models import StarAward
from tests.factories import make_actor
from tests.factories.rounds import (
    APPLIED,
    ASSESSED,
    DELIBERATED,
    FINAL,
    POSTED,
    SELF,
    make_round,
)

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def clock(monkeypatch):
    """`clock(moment)` sets the portal's clock."""
    return lambda moment: monkeypatch.setattr("common.clock.now", lambda: moment)


class Person:
    """Somebody at a browser, who sends the forms that the pages show.

    acting: the appointment chosen in the top bar. Signed in afresh each time: days lie between.
    """

    def __init__(self, user, acting=None):
        self.user, self.acting = user, acting

    @property
    def client(self):
        browser = Client()
        browser.force_login(self.user, BACKEND)
        if self.acting:
            browser.post(reverse("accounts:act_as"), {"appointment": self.acting.pk})
        return browser

    def get(self, name, *args):
        return self.client.get(reverse(f"starrating:{name}", args=args))

    def form(self, page, name, *args):
        """The hidden values of the form that goes to an address."""
        text = self.client.get(page).content.decode()
        action = reverse(f"starrating:{name}", args=args)
        found = re.search(rf'<form[^>]*action="{action}".*?</form>', text, re.S)
        assert found, (action, re.findall("<form.*?>", text))
        hidden = r'<input type="hidden" name="(\w+)" value="([^"]*)"'
        return dict(re.findall(hidden, found.group()))

    def send(self, name, pk, page=None, **values):
        """Fill in the form of a page and send it."""
        page = page or reverse("starrating:entry", args=[pk])
        body = self.form(page, name, pk) | values
        return self.client.post(reverse(f"starrating:{name}", args=[pk]), body)


def test_the_whole_round_by_its_forms(clock):
    world = make_round()
    cast, entry = world.cast, world.entry()
    clerk, secretary = (Person(a.user) for a in (cast.clerk(entry), cast.secretary(entry)))
    reviewer, leader = Person(cast.reviewer.user), Person(cast.leader.user)
    pk, chosen = entry.pk, world.round.pk
    clock(APPLIED)
    assert clerk.send("apply", pk, target_stars="4", measures="办好").status_code == 302
    assert secretary.send("apply_sign", pk).status_code == 302
    clock(SELF)
    said = {f"word_{code}": "confirmed" for code in ("A1", "C1")}
    said |= {"word_E1": "disputed", "text_E1": "章程已修订"}
    assert clerk.send("assess_self", pk, **said).status_code == 302
    assert secretary.send("self_sign", pk).status_code == 302
    clock(ASSESSED)
    assign = reverse("starrating:assign", args=[chosen])
    text = reviewer.client.get(assign).content.decode()
    make_actor(Role.ASSESSOR, entry.society.party_organisations.first(), user=cast.assessor)
    hidden = dict(re.findall(r'name="(form_token)" value="([^"]*)"', text))
    body = hidden | {"user": cast.assessor.pk, "entries": [pk]}
    assert reviewer.client.post(assign, body).status_code == 302
    assessor = Person(cast.assessor, world.round.seats.get().appointment)
    points = {"points_A1": "40", "points_C1": "30", "points_E1": "15", "points_F1": "10.00"}
    reasons = {"reason_E1": "章程已核", "reason_F1": "已结项", "concluded_F1": "on"}
    sent = assessor.send("assess_submit", pk, opinion="属实", **points, **reasons)
    assert sent.status_code == 302, sent.content.decode()
    clock(DELIBERATED)
    for actor in cast.members[:2]:
        assert Person(actor.user).send("agree", pk, text="同意").status_code == 302
    row = world.entry()
    assert (row.state, row.awarded_score, row.entitled) == ("deliberated", 95, 5)
    clock(POSTED)
    places = reverse("starrating:places", args=[chosen])
    assert reviewer.send("post", chosen, page=places).status_code == 302
    page = clerk.get("public", chosen).content.decode()
    assert world.societies[0].name in page
    assert "五星" in page
    clock(FINAL)
    assert leader.send("finalise", chosen, page=places, number="8号").status_code == 302
    assert StarAward.objects.get().state == "official"
    assert assessor.get("entry", pk).status_code in (302, 403, 404)
    for name, args in (
        ("rounds", ()),
        ("round", (chosen,)),
        ("places", (chosen,)),
        ("entry", (pk,)),
        ("print", (pk,)),
    ):
        assert reviewer.get(name, *args).status_code == 200
    book = reviewer.get("round_export", chosen)
    assert b"".join(book.streaming_content)[:2] == b"PK"
