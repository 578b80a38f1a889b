"""The pages of a round: the whole procedure by forms, replayed posts, stale tabs, four eyes."""

import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.permissions import Role
from common.errors import ActionRefused
from starrating import actions
from starrating.forms.entries import PointsForm
from starrating.models import EntryState, LineState, StarAward
from tests.factories import make_actor
from tests.factories.rounds import (
    APPLIED,
    ASSESSED,
    DELIBERATED,
    FINAL,
    POSTED,
    SELF,
    deliberate,
    finalise,
    make_round,
    post,
    walk,
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


def both_roles(world):
    """The clerk of the first society, who is its secretary too."""
    entry = world.entry()
    actor = world.cast.clerk(entry)
    second = make_actor(Role.SOCIETY_SECRETARY, entry.society, user=actor.user)
    return Person(actor.user, second.appointment)


def sent_application(world, clock):
    """An application before its secretary; the form as the secretary's page shows it."""
    clock(APPLIED)
    entry = world.entry()
    clerk = Person(world.cast.clerk(entry).user)
    assert clerk.send("apply", entry.pk, target_stars="4", measures="措施").status_code == 302
    page = reverse("starrating:entry", args=[entry.pk])
    secretary = Person(world.cast.secretary(entry).user)
    return page, secretary, secretary.form(page, "apply_sign", entry.pk)


def test_the_clerk_finds_no_button_to_sign_and_a_sent_form_is_forbidden(clock):
    """Four eyes through page and replayed POST (R-ROLE-01)."""
    world = make_round()
    page, secretary, form = sent_application(world, clock)
    both, pk = both_roles(world), world.entry().pk
    assert "审签并申报</button>" not in both.client.get(page).content.decode()
    address = reverse("starrating:apply_sign", args=[pk])
    assert both.client.post(address, form).status_code == 403
    assert world.entry().state == EntryState.APPLYING
    assert secretary.client.post(address, form).status_code == 302


def test_without_the_comparison_the_sent_form_would_sign(clock, monkeypatch):
    """Negative control: what stops the clerk is the comparison of users, then the database."""
    world = make_round()
    _, _, form = sent_application(world, clock)
    both, entry = both_roles(world), world.entry()
    monkeypatch.setattr("starrating.actions.common.check_step", lambda *_, **__: None)
    both_client = both.client
    both_client.raise_request_exception = False
    with transaction.atomic():
        address = reverse("starrating:apply_sign", args=[entry.pk])
        assert both_client.post(address, form).status_code == 500
        transaction.set_rollback(True)


def test_a_form_sent_twice_acts_once(clock):
    """R10."""
    world = make_round()
    _, secretary, form = sent_application(world, clock)
    entry = world.entry()
    address = reverse("starrating:apply_sign", args=[entry.pk])
    browser = secretary.client
    first, second = browser.post(address, form), browser.post(address, form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert entry.steps.filter(verb="sign_application").count() == 1


def test_a_stale_tab_gets_a_conflict_and_keeps_what_was_typed(clock):
    """R8: two assessors' tabs of one entry; nothing typed is lost."""
    world = make_round()
    cast, entry = world.cast, walk(world.entry(), world.cast, EntryState.SELF_ASSESSED)
    clock(ASSESSED)
    actions.assign(
        chosen=world.round, entries=[entry], user=cast.assessor, by=cast.reviewer, now=ASSESSED
    )
    assessor = Person(cast.assessor, world.round.seats.get().appointment)
    page = reverse("starrating:entry", args=[entry.pk])
    stale = assessor.form(page, "assess_submit", entry.pk)
    typed = {"points_A1": "40", "points_C1": "25", "points_E1": "0", "opinion": "属实"}
    typed |= {"reason_C1": "一次会议没有记录"}
    saved = assessor.form(page, "assess_submit", entry.pk) | typed
    address = reverse("starrating:assess", args=[entry.pk])
    assert assessor.client.post(address, saved).status_code == 302
    late = stale | typed | {"points_C1": "20", "reason_C1": "两次会议没有记录"}
    answer = assessor.client.post(address, late)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "两次会议没有记录" in text
    assert "刚被他人办理" in text
    assert entry.lines.get(code="C1").assessed == 25


def test_a_society_reads_its_own_lines_and_the_list_only(clock):
    """R-STAR-12: never another's entry, never the points before they are submitted."""
    world = make_round(2)
    cast, entry = world.cast, walk(world.entry(0), world.cast, EntryState.SELF_ASSESSED)
    clock(ASSESSED)
    actions.assign(
        chosen=world.round, entries=[entry], user=cast.assessor, by=cast.reviewer, now=ASSESSED
    )
    puts = {"C1": actions.Put(Decimal(25), "一次会议没有记录")}
    actions.save_assessment(
        entry=entry,
        row_version=None,
        puts=puts,
        by=cast.assessing(world.round),
        now=ASSESSED,
    )
    own = Person(cast.clerk(entry).user)
    assert "一次会议没有记录" not in own.get("entry", entry.pk).content.decode()
    assert own.get("entry", world.entry(1).pk).status_code == 404
    assert own.get("print", world.entry(1).pk).status_code == 404
    assert own.get("round", world.round.pk).status_code == 403
    done = puts | {"F1": actions.Put(Decimal(10), "已结项", concluded=True)}
    walk_on = actions.submit_assessment(
        entry=world.entry(0),
        row_version=None,
        puts=done,
        opinion="属实",
        by=cast.assessing(world.round),
        now=ASSESSED,
    )
    assert "一次会议没有记录" in own.get("entry", walk_on.pk).content.decode()
    deliberate(walk_on, cast.members[:2])
    post(world)
    clock(POSTED)
    other = Person(cast.clerk(world.entry(1)).user)
    listed = other.get("public", world.round.pk).content.decode()
    assert world.societies[0].name in listed
    assert "75.00" not in listed
    assert "一次会议没有记录" not in listed


def test_an_assignment_to_oneself_is_refused_at_the_field(clock):
    """roles.md §2.3: neither offered nor accepted, and no error page."""
    world = make_round()
    reviewer = Person(world.cast.reviewer.user)
    entry = walk(world.entry(), world.cast, EntryState.SELF_ASSESSED)
    clock(ASSESSED)
    page = reverse("starrating:assign", args=[world.round.pk])
    text = reviewer.client.get(page).content.decode()
    assert f'<option value="{reviewer.user.pk}"' not in text
    token = dict(re.findall(r'name="(form_token)" value="([^"]*)"', text))
    body = token | {"user": reviewer.user.pk, "entries": [entry.pk]}
    assert reviewer.client.post(page, body).status_code == 422
    assert world.entry().assessor is None


def test_the_opinion_is_marked_as_asked_for_and_may_wait():
    """提交审议 asks for it; 保存 keeps points without it."""
    opinion = PointsForm(lines=[]).fields["opinion"]
    assert opinion.required
    assert opinion.clean("") == ""
    with pytest.raises(ValidationError):
        opinion.clean("字" * 201)
    world = make_round()
    entry = walk(world.entry(), world.cast, to=EntryState.SELF_ASSESSED)
    given = {"chosen": world.round, "entries": [entry], "user": world.cast.assessor}
    actions.assign(**given, by=world.cast.reviewer, now=ASSESSED)
    with pytest.raises(ActionRefused) as refused:
        actions.submit_assessment(
            entry=entry,
            row_version=None,
            puts={"A1": actions.Put(Decimal(99), "")},
            opinion=" ",
            by=world.cast.assessing(world.round),
            now=ASSESSED,
        )
    assert set(refused.value.errors) == {"opinion", "points_A1", "reason_A1"}
    assert refused.value.errors["opinion"] == ["请填写初评说明"]


def test_a_late_tab_is_told_what_stands_and_that_the_step_is_over(clock):
    """R8: the present record beside what was typed; no invitation to a step that is gone."""
    world = make_round()
    clock(APPLIED)
    entry = world.entry()
    clerk = Person(world.cast.clerk(entry).user)
    page = reverse("starrating:entry", args=[entry.pk])
    stale = clerk.form(page, "apply", entry.pk)
    clerk.send("apply", entry.pk, target_stars="4", measures="第一份措施")
    address = reverse("starrating:apply", args=[entry.pk])
    late = stale | {"target_stars": "5", "measures": "第二份措施"}
    answer = clerk.client.post(address, late)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "当前记录为“第一份措施”，您填写的是“第二份措施”" in text
    assert "当前记录为“四星”，您填写的是“五星”" in text
    assert "现为“申报待审签”，您的内容未保存" in text
    assert "再次提交" not in text
    assert world.entry().measures == "第一份措施"


def test_a_late_reason_is_given_back_without_an_empty_record_beside_it(clock):
    """R8: the words of a step are no value of the entry."""
    world = make_round()
    page, secretary, _ = sent_application(world, clock)
    pk = world.entry().pk
    stale = secretary.form(page, "hand_back", pk)
    secretary.send("hand_back", pk, reason="请补充时限")
    answer = secretary.client.post(
        reverse("starrating:hand_back", args=[pk]), stale | {"reason": "请写清责任岗位"}
    )
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "您填写的是“请写清责任岗位”" in text
    assert "当前记录为" not in text


def test_letters_in_the_points_are_refused_by_name_and_kept(clock):
    """The message names the line and says how to mend it (§18)."""
    world = make_round()
    cast, entry = world.cast, walk(world.entry(), world.cast, EntryState.SELF_ASSESSED)
    clock(ASSESSED)
    actions.assign(
        chosen=world.round, entries=[entry], user=cast.assessor, by=cast.reviewer, now=ASSESSED
    )
    assessor = Person(cast.assessor, world.round.seats.get().appointment)
    answer = assessor.send("assess_submit", entry.pk, points_A1="四十", opinion="属实")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "A1 评定分应为数字，如 12.5，不要带单位" in text
    assert 'value="四十"' in text


def test_until_the_self_assessments_end_nobody_is_listed_without_stars(clock):
    """R-STAR-03: no self-assessment *by the deadline* is 不定星."""
    world = make_round(2)
    walk(world.entry(), world.cast, EntryState.SELF_ASSESSED)
    late = world.entry(1).society.name
    reviewer = Person(world.cast.reviewer.user)
    clock(SELF)
    text = reviewer.get("places", world.round.pk).content.decode()
    assert late not in text
    assert "学会办理中 1 家" in text
    clock(ASSESSED)
    text = reviewer.get("places", world.round.pk).content.decode()
    assert late in text
    assert "学会办理中" not in text


def test_a_stale_round_is_a_conflict_and_keeps_the_number(clock):
    """R8 for the last step: the list was posted anew meanwhile."""
    world = make_round()
    walk(world.entry(), world.cast)
    leader, pk = Person(world.cast.leader.user), world.round.pk
    places = reverse("starrating:places", args=[pk])
    clock(DELIBERATED)
    stale = leader.form(places, "finalise", pk)
    post(world)
    clock(FINAL)
    answer = leader.client.post(
        reverse("starrating:finalise", args=[pk]), stale | {"number": "科社党〔2026〕8号"}
    )
    assert answer.status_code == 409
    text = answer.content.decode()
    assert 'value="科社党〔2026〕8号"' in text
    assert f'name="row_version" value="{world.fresh().row_version}"' in text


def test_the_list_says_the_last_day_of_a_title(clock):
    """§12.6: inclusive on the page; official until 31 December Y+2 (R-STAR-07)."""
    world = make_round()
    walk(world.entry(), world.cast)
    post(world)
    finalise(world)
    clock(FINAL)
    text = Person(world.cast.reviewer.user).get("public", world.round.pk).content.decode()
    assert f"{FINAL.date():%Y-%m-%d} 至 2027-12-31" in text


def test_a_category_without_points_prints_a_dash(clock):
    """D-4: 不适用 is no zero, on the print either."""
    world = make_round()
    entry = walk(world.entry(), world.cast, EntryState.SELF_ASSESSED)
    lines = entry.lines.filter(category="F")
    lines.update(state=LineState.NOT_SUPPLIED, reviewed=False)
    page = Person(world.cast.reviewer.user).get("print", entry.pk)
    (group,) = (each for each in page.context["groups"] if each.code == "F")
    assert group.maximum == 0
    row = re.search(
        rf'<tr class="group"><th scope="rowgroup">F {group.title}.*?</tr>', page.content.decode()
    )
    assert row
    assert "0.00" not in row.group()
