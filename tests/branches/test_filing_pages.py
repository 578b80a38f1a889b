"""Pages of filings, terms and party groups; the desks' tasks (roles.md §3, §2.2)."""

import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.permissions import Role
from branches import desk
from branches.models import PartyGroup, Post, PostFiling, PostFilingState, PostKind, Term
from dashboards.desks import desk_of
from tests.branches.test_filings import BIG, NOW, THREE, TODAY, Cast, cast_of, draft, filed, sent
from tests.factories import (
    make_actor,
    make_obligations,
    make_organisation,
    make_party_group,
    make_post,
    make_society,
    make_term,
)

pytestmark = pytest.mark.django_db
S = PostFilingState


@pytest.fixture
def cast(monkeypatch) -> Cast:
    monkeypatch.setattr("common.clock.now", lambda: NOW)
    society = make_society(name="示例化学会")
    make_obligations(society.federation)
    return cast_of(make_organisation(society))


def url(name, *args):
    return reverse(f"branches:{name}", args=args)


def typed(client, address, **values):
    """What the page's form would send, with some values typed into it."""
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    form, rows = response.context["form"], response.context.get("persons")
    shown = {name: form[name].value() for name in form.fields}
    if rows is not None:
        for each in (rows.management_form, *rows.forms):
            shown |= {each.add_prefix(n): each[n].value() for n in each.fields}
    return {n: "" if v is None else v for n, v in shown.items() if v is not False} | values


def token(**values):
    """A step of the filing as it stands now."""
    version = PostFiling.objects.latest("pk").row_version
    return {"form_token": str(uuid.uuid4()), "row_version": version} | values


ELECTION = {
    "held_on": "2026-10-09",
    "entitled": "10",
    "present": "9",
    "seats": "3",
    "seats-0-kind": "secretary",
    "seats-0-person_name": "赵某",
    "seats-0-votes": "9",
    "seats-1-kind": "organisation_officer",
    "seats-1-also_kind": "publicity_officer",
    "seats-1-person_name": "钱某",
    "seats-1-votes": "8",
    "seats-2-kind": "discipline_officer",
    "seats-2-person_name": "孙某",
    "seats-2-votes": "7",
}


def test_an_election_from_one_page_to_the_register(client, cast):
    """UB files, US signs, CR accepts; the organisation's page shows the inclusive last day."""
    client.force_login(cast.branch.user)
    address = url("re_elect", cast.organisation.pk)
    data = typed(client, address, **ELECTION, send="1")
    assert (data["term_no"], data["term_years"]) == (1, 3)
    response = client.post(address, data)
    filing = PostFiling.objects.get()
    assert response.url == url("filing", filing.pk)
    assert filing.state == S.TO_SIGN
    assert client.post(address, data).url == response.url, "R10: counted once"
    client.force_login(cast.secretary.user)
    page = client.get(response.url).content.decode()
    assert "审签并报送" in page and "兼宣传委员" in page and "核对无误" in page
    client.post(url("filing_sign", filing.pk), token())
    client.force_login(cast.reviewer.user)
    assert "通过" in client.get(response.url).content.decode()
    client.post(url("filing_accept", filing.pk), token())
    page = client.get(url("detail", cast.organisation.pk)).content.decode()
    assert "2026-10-09 至 2029-10-08，3 年" in page and "任期内" in page and "孙某" in page


def test_messy_input_comes_back_typed_with_words_at_the_field(client, cast):
    """R11."""
    client.force_login(cast.clerk.user)
    address = url("re_elect", cast.organisation.pk)
    messy = ELECTION | {
        "held_on": "2026-02-30",
        "entitled": "十人",
        "present": "-1",
        "term_years": "9",
        "seats": "99999999999",
        "seats-0-votes": "很多",
        "seats-1-person_name": "钱" * 60,
        "seats-2-kind": "chairman",
    }
    response = client.post(address, typed(client, address, **messy, send="1"))
    page = response.content.decode()
    assert response.status_code == 422
    for words in ("应为实际存在的日期", "应为整数", "不能小于", "不能大于", "人选有 3 行需要更正"):
        assert words in page
    assert 'value="2026-02-30"' in page and 'value="很多"' in page
    assert not PostFiling.objects.exists()


def test_rules_speak_at_the_row(client, cast):
    client.force_login(cast.clerk.user)
    address = url("re_elect", cast.organisation.pk)
    wrong = ELECTION | {"seats-2-votes": "3", "present": "7"}
    response = client.post(address, typed(client, address, **wrong, send="1"))
    assert response.status_code == 422
    rows = response.context["persons"]
    assert "不足应到 10 人的五分之四" in response.context["form"].errors["present"][0]
    assert "多于实到 7 人" in rows.forms[0].errors["votes"][0]
    assert "未超过实到 7 人的半数" in rows.forms[2].errors["votes"][0]
    assert not PostFiling.objects.exists(), "a refused sending leaves no draft behind"
    assert client.post(address, typed(client, address, **wrong)).status_code == 302, "a draft may"


def test_rows_are_removed_and_untouched_rows_count_for_nothing(client, cast):
    client.force_login(cast.clerk.user)
    address = url("re_elect", cast.organisation.pk)
    client.post(address, typed(client, address, **ELECTION))
    filing = PostFiling.objects.get()
    assert filing.seat_rows.count() == 3
    edit = url("filing_edit", filing.pk)
    client.post(edit, typed(client, edit, **{"seats-1-DELETE": "on"}))
    assert list(filing.seat_rows.values_list("person_name", flat=True)) == ["赵某", "孙某"]


def test_stale_edit_names_the_other_value(client, cast):
    """R8: two people, one draft."""
    client.force_login(cast.clerk.user)
    filing = draft(cast)
    edit = url("filing_edit", filing.pk)
    mine = typed(client, edit, entitled="9")
    client.post(edit, typed(client, edit, entitled="8"))
    response = client.post(edit, mine)
    assert response.status_code == 409
    assert "当前记录为“8”，您填写的是“9”" in response.content.decode()
    filing.refresh_from_db()
    assert filing.entitled == 8


def test_removal_by_election_and_extension_by_pages(client, cast):
    make_term(cast.organisation, date(2024, 7, 1), seats=3)
    leaver = make_post(cast.organisation, PostKind.DISCIPLINE_OFFICER, person_name="周某")
    client.force_login(cast.branch.user)
    address = url("remove", cast.organisation.pk)
    data = typed(client, address, posts=[leaver.pk], held_on="2026-11-01", send="1")
    assert client.post(address, data).status_code == 302
    address = url("by_elect", cast.organisation.pk)
    row = {"seats-0-kind": "secretary", "seats-0-person_name": "吴某", "seats-0-votes": "9"}
    came = {"held_on": "2026-11-10", "entitled": "10", "present": "10"}
    data = typed(client, address, **row, **came, send="1")
    assert client.post(address, data).status_code == 302
    address = url("extend", cast.organisation.pk)
    data = typed(client, address, extended_to="2027-12-31", reason="学会换届推迟", send="1")
    assert client.post(address, data).status_code == 302
    assert set(PostFiling.objects.values_list("kind", "state")) == {
        ("removal", S.TO_SIGN),
        ("by_election", S.TO_SIGN),
        ("extension", S.TO_SIGN),
    }
    extension = PostFiling.objects.get(kind="extension")
    for actor, name in ((cast.secretary, "filing_sign"), (cast.reviewer, "filing_forward")):
        client.force_login(actor.user)
        assert client.post(url(name, extension.pk), token()).status_code == 302
    client.force_login(cast.leader.user)
    assert "申请延期至 2027-12-31" in desk.filings(cast.leader, TODAY)[0].why
    refused = client.post(url("filing_agree", extension.pk), token(number=""))
    assert refused.status_code == 422 and "请填写批复文号" in refused.content.decode()
    client.post(url("filing_agree", extension.pk), token(number="科社党〔2026〕20号"))
    page = client.get(url("detail", cast.organisation.pk)).content.decode()
    assert "至 2027-12-31，科社党〔2026〕20号" in page and "已批准延期" in page


def test_posts_of_another_organisation_cannot_be_removed(client, cast):
    foreign = make_post(make_organisation(make_society()))
    client.force_login(cast.branch.user)
    address = url("remove", cast.organisation.pk)
    data = typed(client, address, posts=[foreign.pk], held_on="2026-11-01")
    response = client.post(address, data)
    assert response.status_code == 422 and "posts" in response.context["form"].errors


class TestFourEyes:
    """Through the pages, and by POSTs replayed under another appointment."""

    def test_the_sender_gets_no_button_and_no_step(self, client, cast):
        filing = sent(cast)
        make_actor(Role.SOCIETY_SECRETARY, cast.organisation.society, user=cast.branch.user)
        client.force_login(cast.branch.user)
        session_actor = cast.branch.user.appointments.last()
        client.post(reverse("accounts:act_as"), {"appointment": session_actor.pk})
        page = client.get(url("filing", filing.pk)).content.decode()
        assert url("filing_sign", filing.pk) not in page
        answers = [client.post(url("filing_sign", filing.pk), token()).status_code]
        answers.append(
            client.post(url("filing_hand_back", filing.pk), token(reason="x")).status_code
        )
        assert answers == [403, 403]
        filing.refresh_from_db()
        assert filing.state == S.TO_SIGN

    def test_a_replayed_acceptance_writes_once(self, client, cast):
        filing = filed(cast, values=BIG, rows=THREE)
        client.force_login(cast.reviewer.user)
        sent_once = token()
        for _ in range(2):
            assert client.post(url("filing_accept", filing.pk), sent_once).status_code == 302
        again = client.post(url("filing_accept", filing.pk), token())
        assert again.status_code == 422 and "当前状态已变化" in again.content.decode()
        assert Term.objects.count() == 1


def test_a_joint_organisation_is_not_filed_for_by_those_it_serves(client, cast):
    from societies.models import UnitKind

    lead = cast.organisation.society
    served = make_society(lead.federation)
    units = [s.units.get(kind=UnitKind.SECRETARIAT) for s in (lead, served)]
    joint = make_organisation(lead, *units, type="joint_branch", form="joint")
    client.force_login(make_actor(Role.SOCIETY_CLERK, served).user)
    assert client.get(url("detail", joint.pk)).status_code == 200
    assert "报送换届" not in client.get(url("detail", joint.pk)).content.decode()
    assert client.get(url("re_elect", joint.pk)).status_code == 403
    filing = draft(cast_of(joint))
    assert client.get(url("filing", filing.pk)).status_code == 404


def test_party_groups_by_pages(client, cast):
    client.force_login(cast.branch.user)
    address = url("group_enter", cast.organisation.pk)
    values = {"name": "第一党小组", "leader_name": "李某", "valid_from": "2025-03-01"}
    assert client.post(address, typed(client, address, **values)).status_code == 302
    group = PartyGroup.objects.get()
    page = client.post(address, typed(client, address, **values)).content.decode()
    assert "已有同名党小组" in page
    early = values | {"name": "第二党小组", "valid_from": "2015-12-31"}
    page = client.post(address, typed(client, address, **early)).content.decode()
    assert "早于党支部成立日期 2016-01-01" in page
    change = url("group_change", group.pk)
    stale = typed(client, change, leader_name="郑某")
    assert client.post(change, typed(client, change, leader_name="王某")).status_code == 302
    assert client.post(change, stale).status_code == 409
    end = url("group_end", group.pk)
    assert client.post(end, typed(client, end, on="2026-03-01")).status_code == 302
    group.refresh_from_db()
    assert (group.leader_name, group.valid_to) == ("王某", date(2026, 3, 1))
    page = client.post(end, typed(client, end, on="2026-04-01")).content.decode()
    assert "已于 2026-03-01 撤销" in page


def test_a_committee_has_no_party_groups(client, cast):
    committee = make_organisation(cast.organisation.society, type="committee")
    actor = make_actor(Role.BRANCH_SECRETARY, committee)
    client.force_login(actor.user)
    address = url("group_enter", committee.pk)
    values = {"name": "第一党小组", "leader_name": "李某", "valid_from": "2025-03-01"}
    page = client.post(address, typed(client, address, **values)).content.decode()
    assert "党小组设在党支部" in page and not PartyGroup.objects.exists()
    make_party_group(cast.organisation)


class TestLists:
    """任期与班子 and the queue."""

    def test_terms_are_filtered_by_state_and_exported(self, client, cast):
        make_term(cast.organisation, date(2023, 7, 1))
        other = make_organisation(make_society(cast.organisation.society.federation))
        make_term(other, date(2026, 7, 1))
        make_post(other, valid_from=date(2026, 7, 1), person_name="吴某")
        make_term(make_organisation(make_society()))
        client.force_login(cast.reviewer.user)
        rows = client.get(url("terms")).context["page"].object_list
        assert [row.state for row in rows] == ["overdue", "normal"]
        assert (rows[0].days_words, rows[0].secretary) == ("逾期 145 天", "")
        assert (rows[1].secretary, rows[1].filled) == ("吴某", 1)
        rows = client.get(url("terms"), {"state": "overdue"}).context["page"].object_list
        assert [row.organisation for row in rows] == [cast.organisation]
        rows = client.get(url("terms"), {"q": "slhxh"}).context["page"].object_list
        assert len(rows) == 1
        book = b"".join(client.get(url("terms_export")).streaming_content)
        assert book.startswith(b"PK")

    def test_the_queue_leads_from_one_to_the_next(self, client, cast):
        first = filed(cast)
        second = filed(cast_of(make_organisation(cast.organisation.society)))
        client.force_login(cast.reviewer.user)
        rows = client.get(url("filings"), {"state": "filed"}).context["page"].object_list
        assert {row.pk for row in rows} == {first.pk, second.pk}
        response = client.get(url("filing", first.pk))
        assert response.context["next_pk"] == second.pk
        assert "第 1 / 2 件" in response.content.decode()


class TestDesks:
    """§2.2: reminders are queries over open obligations."""

    def titles(self, actor, on=TODAY):
        return [task.title for task in desk_of(actor, on).context["tasks"]]

    @pytest.mark.parametrize(
        ("left", "label"),
        [
            (181, None),
            (180, "180 天内"),
            (90, "90 天内"),
            (60, "60 天内"),
            (30, "30 天内"),
            (7, "7 天内"),
            (0, "今天期满"),
            (-1, "逾期未换届"),
        ],
    )
    def test_reminders_before_and_after_the_end(self, cast, left, label):
        term = make_term(cast.organisation, date(2023, 7, 1))
        on = term.runs_to - timedelta(days=left)
        for actor in (cast.branch, cast.clerk, cast.secretary):
            tasks = [task for task in desk.terms(actor, on) if "任期" in task.title]
            assert [task.status_label for task in tasks] == ([label] if label else [])
        assert desk.terms(cast.reviewer, on) == []
        assert bool(desk.overdue_terms(cast.reviewer, on)) == (left < 0)
        assert bool(desk.overdue_terms(cast.leader, on)) == (left < 0)

    def test_a_seat_empty_for_more_than_sixty_days(self, cast):
        make_term(cast.organisation, date(2025, 2, 1), seats=3)
        for name in ("甲某", "乙某"):
            make_post(cast.organisation, PostKind.COMMITTEE_MEMBER, person_name=name)
        make_post(cast.organisation, valid_to=date(2026, 9, 1))
        sixty = date(2026, 9, 1) + timedelta(days=60)
        assert desk.terms(cast.secretary, sixty) == []
        (task,) = desk.terms(cast.secretary, sixty + timedelta(days=1))
        assert "缺额 1 人" in task.title and "自 2026-09-01 起空缺" in task.why
        make_post(cast.organisation, valid_from=date(2026, 10, 1))
        assert desk.terms(cast.secretary, sixty + timedelta(days=1)) == []

    def test_each_step_stands_on_the_desk_of_whose_turn_it_is(self, cast):
        assert "登记示例化学会党支部的本届任期与班子" in self.titles(cast.clerk)
        filing = draft(cast)
        assert any("继续填写" in title for title in self.titles(cast.branch))
        assert not any("登记示例" in title for title in self.titles(cast.clerk))
        PostFiling.objects.filter(pk=filing.pk).delete()
        filed(cast)
        assert any("审核任期与职务报送 1 件" in title for title in self.titles(cast.reviewer))
        assert not any("报送" in title for title in self.titles(cast.leader))
        (task,) = desk.queue(cast.reviewer, TODAY + timedelta(days=30))
        assert task.overdue

    def test_the_sender_does_not_find_the_own_filing_to_sign(self, cast):
        sent(cast)
        assert any("审签换届" in title for title in self.titles(cast.secretary))
        same = make_actor(Role.SOCIETY_SECRETARY, cast.organisation.society, user=cast.branch.user)
        assert not desk.filings(same, TODAY)


def test_pages_ask_a_bounded_number_of_queries(client, cast, django_assert_max_num_queries):
    make_term(cast.organisation)
    for n in range(6):
        make_post(cast.organisation, PostKind.COMMITTEE_MEMBER, person_name=f"周某{n}")
        make_party_group(cast.organisation)
    client.force_login(cast.branch.user)
    client.get(url("detail", cast.organisation.pk))
    with django_assert_max_num_queries(30):
        client.get(url("detail", cast.organisation.pk))
    assert Post.objects.count() == 6
