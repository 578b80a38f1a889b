"""The pages of a batch: the whole way by forms, the seed shown once, replayed posts, old tabs."""

import re
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.permissions import Role
from dashboards.desks.tasks import tasks_of
from societies.models import Society
from supervision import actions
from supervision.draw import sha256
from supervision.models import BatchState, BatchStep, FramePart, InspectionBatch, SpotCheck
from tests.factories import make_actor, make_batch
from tests.factories.supervision import (
    NOTIFIED,
    NOW,
    approve,
    commit,
    conclude,
    drawn,
    notified,
    paired,
    step,
)

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
SEED = re.compile(r"DC2026B1(?:-[0-9A-Z]{4}){3}")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The day of the notice; actions of the factories name their own."""
    monkeypatch.setattr("common.clock.now", lambda: NOTIFIED)


def sign_in(actor):
    client = Client()
    client.force_login(actor.user)
    return client


def page(client, world, name="batch", **query):
    answer = client.get(reverse(f"supervision:{name}", args=[world.batch.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client, world, name, token=None, **values):
    """Send a step as its page would."""
    if token is None:
        token = TOKEN.search(page(client, world))[1]
    sent = {"form_token": token, "row_version": world.fresh().row_version} | values
    return client.post(reverse(f"supervision:batch_{name}", args=[world.batch.pk]), sent)


def test_the_whole_way_by_forms():
    world = make_batch()
    lead, reviewer, leader = map(sign_in, (world.cast.lead, world.cast.reviewer, world.cast.leader))
    assert post(lead, world, "send").status_code == 302
    assert post(reviewer, world, "review").status_code == 302
    assert post(leader, world, "approve").status_code == 302
    shown = post(leader, world, "commit")
    seed = SEED.search(shown.content.decode())[0]
    assert "no-store" in shown.headers["Cache-Control"]
    assert seed not in page(leader, world)
    assert post(leader, world, "draw", seed=seed).status_code == 302
    text = page(leader, world)
    assert "抽取结果 3 家" in text
    assert f"./portal manage replay_draw DC-2026-B1 --seed {seed}" in text
    people = [user.pk for user in world.cast.inspectors]
    token = TOKEN.search(page(lead, world, "batch_pair"))[1]
    assert post(lead, world, "propose", token, users=people).status_code == 302
    assert post(leader, world, "notify").status_code == 302
    assert world.fresh().state == BatchState.NOTIFIED
    conclude(world)
    assert post(leader, world, "close").status_code == 302
    assert world.fresh().state == BatchState.CLOSED
    assert "已结束" in page(lead, world)


def test_a_new_batch_by_its_form():
    world = make_batch()
    lead = sign_in(world.cast.lead)
    url = reverse("supervision:batch_new")
    token = TOKEN.search(lead.get(url).content.decode())[1]
    values = {
        "form_token": token,
        "name": "2026 下半年第二批",
        "on_site_from": "2026-12-01",
        "on_site_to": "2026-12-10",
        "sample_size": "20",
        "disciplines": ["science", "engineering"],
    }
    refused = lead.post(url, values)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "抽样框内只有 7 家，不够抽取 20 家" in text
    assert "2026 下半年第二批" in text
    values["sample_size"] = "2"
    for _ in range(2):
        assert lead.post(url, values).status_code == 302
    batch = InspectionBatch.objects.get(code="DC-2026-B2")
    assert (batch.disciplines, batch.sample_size) == (["science", "engineering"], 2)
    assert (batch.exclude_recent, batch.include_open) == (False, False)
    assert "范围内学会" in lead.get(reverse("supervision:batch", args=[batch.pk])).content.decode()


def test_a_commitment_sent_twice_is_one_and_shows_its_seed_once():
    """R10: the second answer cannot show what is stored nowhere, and says what to do."""
    world = approve(make_batch())
    leader = sign_in(world.cast.leader)
    token = TOKEN.search(page(leader, world))[1]
    version = world.fresh().row_version
    first = post(leader, world, "commit", token, row_version=version)
    second = post(leader, world, "commit", token, row_version=version)
    assert first.status_code == 200
    assert second.status_code == 302
    seed = SEED.search(first.content.decode())[0]
    after = leader.get(second.headers["Location"]).content.decode()
    assert "种子只显示一次" in after
    assert seed not in after
    assert BatchStep.objects.filter(batch=world.batch, verb="commit").count() == 1
    step(world, actions.draw_batch, world.cast.leader, seed=seed, now=NOTIFIED)
    assert world.fresh().state == BatchState.SAMPLED


def test_a_draw_sent_twice_is_one():
    """R10."""
    world = commit(make_batch())
    leader = sign_in(world.cast.leader)
    token = TOKEN.search(page(leader, world))[1]
    version = world.fresh().row_version
    for _ in range(2):
        sent = post(leader, world, "draw", token, seed=world.seed, row_version=version)
        assert sent.status_code == 302
    assert SpotCheck.objects.filter(batch=world.batch).count() == 3


def test_a_wrong_seed_stays_in_its_field():
    world = commit(make_batch())
    answer = post(sign_in(world.cast.leader), world, "draw", seed="DC2026B1-0000-0000-0000")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "与公布的摘要不一致" in text
    assert 'value="DC2026B1-0000-0000-0000"' in text


def test_an_old_tab_is_told():
    """R8: 409, nothing done."""
    world = make_batch()
    lead = sign_in(world.cast.lead)
    token = TOKEN.search(page(lead, world))[1]
    old = world.fresh().row_version
    step(world, actions.edit_batch, world.cast.lead, values={"name": "改名"})
    assert post(lead, world, "send", token, row_version=old).status_code == 409
    assert world.fresh().state == BatchState.DRAFT


def test_a_new_commitment_stands_on_the_page_with_its_reason():
    world = commit(make_batch())
    leader = sign_in(world.cast.leader)
    answer = post(leader, world, "recommit", reason="抄录纸遗失")
    assert answer.status_code == 200
    text = page(sign_in(world.cast.reviewer), world)
    assert "重新公布：抄录纸遗失" in text
    assert "重新公布 1 次" in text


def test_the_frame_can_be_read_downloaded_and_digested():
    world = approve(make_batch(), must_include=None)
    reviewer = sign_in(world.cast.reviewer)
    text = page(reviewer, world, "batch_frame")
    assert all(society.name in text for society in world.societies)
    assert "没有学会" in page(reviewer, world, "batch_frame", part=FramePart.EXCLUDED)
    url = reverse("supervision:batch_frame_text", args=[world.batch.pk])
    answer = reviewer.get(url)
    assert sha256(answer.content.decode()) == world.fresh().frame_digest
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_workbook_holds_no_formula():
    """S6: a name like a formula stays text; digests and seed stand above the rows."""
    world = make_batch(sample_size=9)
    Society.objects.filter(pk=world.societies[0].pk).update(name='=HYPERLINK("http://x")')
    Society.objects.filter(pk=world.societies[1].pk).update(name="@SUM(A1)")
    paired(world)
    client = sign_in(world.cast.reviewer)
    answer = client.get(reverse("supervision:batch_export", args=[world.batch.pk]))
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    values = [cell.value for cell in cells]
    assert '=HYPERLINK("http://x")' in values
    assert "@SUM(A1)" in values
    assert f"种子：{world.seed}" in values
    assert f"抽样框摘要：{world.fresh().frame_digest}" in values
    assert "督导甲、督导乙" in values


def test_the_print_says_what_the_page_says():
    world = paired(make_batch())
    text = page(sign_in(world.cast.reviewer), world, "batch_print")
    for check in world.checks():
        assert check.society.name in text
    assert world.seed in text
    assert "data-print" in text


def test_a_lead_sees_his_own_batches_only():
    world = make_batch()
    other = make_actor(Role.INSPECTION_LEAD, world.batch.federation)
    client = sign_in(other)
    assert world.batch.name not in client.get(reverse("supervision:batches")).content.decode()
    for name in ("batch", "batch_edit", "batch_frame", "batch_export", "batch_print"):
        url = reverse(f"supervision:{name}", args=[world.batch.pk])
        assert client.get(url).status_code == 404
    assert client.post(reverse("supervision:batch_send", args=[world.batch.pk])).status_code == 404


def test_four_eyes_through_replayed_posts():
    """A reviewer who is also lead by another appointment cannot review his own batch."""
    world = make_batch()
    step(world, actions.send_batch, world.cast.lead)
    both = make_actor(Role.COMMITTEE_REVIEWER, world.batch.federation, user=world.cast.lead.user)
    client = sign_in(both)
    client.post(reverse("accounts:act_as"), {"appointment": both.appointment.pk})
    token = "00000000-0000-4000-8000-000000000000"
    answer = post(client, world, "review", token)
    assert answer.status_code == 403
    assert world.fresh().reviewed_by is None


def test_pairs_are_refused_at_the_society_they_concern():
    world = paired(make_batch())
    lead = sign_in(world.cast.lead)
    check = world.checks()[0]
    recused = world.cast.inspectors[3]
    make_actor(Role.SOCIETY_CLERK, check.society, user=recused)
    text = page(lead, world, "batch_pair")
    values = {
        f"pair_{each.pk}_{seat.place}": seat.user_id
        for each in world.checks()
        for seat in world.seats(each)
    } | {f"pair_{check.pk}_1": recused.pk}
    answer = post(lead, world, "pair", TOKEN.search(text)[1], **values)
    assert answer.status_code == 422
    assert f'id="id_pair_{check.pk}_1_error"' in answer.content.decode()
    assert recused not in [seat.user for seat in world.seats(check)]
    values[f"pair_{check.pk}_1"] = world.cast.inspectors[2].pk
    assert post(lead, world, "pair", TOKEN.search(text)[1], **values).status_code == 302
    assert world.seats(check)[0].user == world.cast.inspectors[2]


def test_an_inspector_is_replaced_by_the_form():
    world = notified(make_batch())
    lead = sign_in(world.cast.lead)
    seat = world.seats(world.checks()[0])[0]
    url = reverse("supervision:seat_replace", args=[seat.pk])
    assert url in page(lead, world)
    text = lead.get(url).content.decode()
    values = {
        "form_token": TOKEN.search(text)[1],
        "row_version": world.fresh().row_version,
        "user": world.cast.inspectors[3].pk,
        "reason": "临时出差",
    }
    assert lead.post(url, values).status_code == 302
    assert world.seats(world.checks()[0])[0].user == world.cast.inspectors[3]
    assert "临时出差" in page(lead, world)


def titles(actor):
    return [task.title for task in tasks_of(actor, NOW.date())]


def test_desks_show_what_waits_for_each():
    world = make_batch()
    name, cast = world.batch.name, world.cast
    assert titles(cast.lead) == [f"送审核：{name}"]
    assert not any(name in title for title in titles(cast.reviewer) + titles(cast.leader))
    step(world, actions.send_batch, cast.lead)
    assert titles(cast.lead) == []
    assert f"审核：{name}" in titles(cast.reviewer)
    step(world, actions.review_batch, cast.reviewer)
    for act, title, inputs in (
        (actions.approve_batch, "批准", {}),
        (actions.commit_seed, "公布种子摘要", {}),
    ):
        assert f"{title}：{name}" in titles(cast.leader)
        found = step(world, act, cast.leader, **inputs)
    assert f"公开种子并抽取：{name}" in titles(cast.leader)
    step(world, actions.draw_batch, cast.leader, seed=found[1])
    assert titles(cast.lead) == [f"督导组配对：{name}"]
    assert f"通知被抽学会：{name}" not in titles(cast.leader)
    step(world, actions.propose_pairs, cast.lead, users=cast.inspectors)
    assert f"通知被抽学会：{name}" in titles(cast.leader)
    step(world, actions.notify_societies, cast.leader, now=NOTIFIED)
    assert not any(name in title for title in titles(cast.leader))
    conclude(world)
    assert f"结束批次：{name}" in titles(cast.leader)


def test_the_page_asks_no_more_for_more_societies(django_assert_max_num_queries):
    small = paired(make_batch((1, 1), sample_size=2))
    large = paired(make_batch((8, 8, 8), sample_size=24))
    for world, most in ((small, 40), (large, 40)):
        client = sign_in(world.cast.reviewer)
        page(client, world)
        with django_assert_max_num_queries(most):
            page(client, world)


def test_the_desk_of_a_lead_names_his_batches():
    world = drawn(make_batch())
    text = sign_in(world.cast.lead).get("/", follow=True).content.decode()
    assert world.batch.name in text
    assert "督导组配对" in text
    assert reverse("supervision:batch_new") in text
