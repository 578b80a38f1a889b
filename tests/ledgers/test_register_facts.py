"""M-13 and X-04 on real rows: what the registers of members and posts say on the as-of day."""

from datetime import date

import pytest
from django.urls import reverse

from branches.models import OrganisationType, PostKind
from common.errors import ActionRefused
from ledgers import actions
from ledgers.checks import run_checks
from ledgers.loading import load_snapshot, register_facts
from ledgers.models import LedgerState
from societies.models import UnitKind
from tests.factories import make_ledger, make_organisation, make_post, make_society
from tests.factories.ledgers import AS_OF, add_row, answer_warnings, moment, save_row
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db
NOW = moment(AS_OF)
JOINED = date(2026, 6, 1)


def facts(society, on=AS_OF):
    return register_facts(society.pk, on)


@pytest.fixture
def branch(society):
    return society.party_organisations.get()


@pytest.fixture
def committee(society):
    """The society's 党委 in its council."""
    council = society.units.get(kind=UnitKind.COUNCIL)
    kind = OrganisationType.FUNCTIONAL_COMMITTEE
    return make_organisation(society, council, type=kind, name="示例学会党委")


class TestMembersHere:
    def test_only_confirmed_relations_here_on_the_day_count(self, society, branch, cast):
        assert facts(society).members_here is None, "no register kept is not zero (D-4)"
        make_member(branch, since=JOINED)
        assert facts(society).members_here is None, "not confirmed yet"
        make_member(branch, since=JOINED, confirmed_by=cast.secretary)
        make_member(branch, since=JOINED, confirmed_by=cast.secretary, place="other")
        assert facts(society).members_here == 1
        assert facts(society, date(2026, 5, 31)).members_here == 0, "the register is kept by now"

    def test_another_societys_members_do_not_count(self, society, branch, cast):
        make_member(branch, since=JOINED, confirmed_by=cast.secretary)
        assert facts(make_society(society.federation)).members_here is None


class TestPartyPosts:
    def test_who_holds_them_on_the_day(self, society, committee):
        assert facts(society).party_posts is None, "no posts recorded"
        make_post(committee, person_name="孙某", valid_to=AS_OF)
        make_post(committee, person_name="钱某", valid_from=AS_OF)
        make_post(committee, PostKind.DISCIPLINE_OFFICER, person_name="李某")
        assert facts(society).party_posts == {
            "party_secretary": {"钱某"},
            "discipline_officer": {"李某"},
        }
        day = date(2026, 6, 29)
        assert facts(society, day).party_posts["party_secretary"] == {"孙某"}

    def test_all_gone_is_known_to_be_nobody(self, society, committee):
        make_post(committee, person_name="孙某", valid_to=date(2026, 1, 1))
        assert facts(society).party_posts["party_secretary"] == frozenset()

    def test_the_secretary_of_a_branch_is_no_party_committee_secretary(self, society, branch):
        make_post(branch, person_name="孙某")
        assert facts(society).party_posts is None


def codes(ledger):
    return {f.code for f in run_checks(load_snapshot(ledger, AS_OF))}


def test_a_difference_in_members_asks_for_its_reason(society, branch, cast):
    """Rules 5.3: the difference is shown, a tick alone does not answer it."""
    ledger = make_ledger(society, cast=cast)
    assert "M-13" not in codes(ledger)
    make_member(branch, since=JOINED, confirmed_by=cast.secretary)
    target = "members.relation_here"
    with pytest.raises(ActionRefused, match="与党员登记 1 人不一致"):
        actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)
    with pytest.raises(ActionRefused, match="请写明原因"):
        actions.confirm(ledger=ledger, code="M-13", target=target, by=cast.clerk, now=NOW)
    actions.explain_change(
        ledger=ledger, section="members", field="relation_here",
        text="6 月转入，介绍信在途", by=cast.clerk, now=NOW,
    )  # fmt: skip
    sent = actions.send_for_signature(ledger=ledger, by=cast.clerk, now=NOW)
    assert (sent.state, sent.register_differences) == (LedgerState.TO_SIGN, 1)


def test_the_reviewer_reads_difference_and_reason(society, branch, cast, client):
    make_member(branch, since=JOINED, confirmed_by=cast.secretary)
    ledger = make_ledger(society, cast=cast, state=LedgerState.FILED)
    client.force_login(cast.reviewer.user)
    page = client.get(reverse("ledgers:review", args=[ledger.pk])).content.decode()
    assert "与党员登记 1 人不一致" in page and "说明：已核对，情况属实" in page


def test_posts_that_differ_are_ticked_once_for_all(society, committee, cast):
    make_post(committee, person_name="孙某")
    make_post(committee, PostKind.DISCIPLINE_OFFICER, person_name="李某")
    ledger = make_ledger(society, cast=cast)
    (found,) = [f for f in run_checks(load_snapshot(ledger, AS_OF)) if f.code == "X-04"]
    assert "党委书记、纪检委员" in found.message and found.register
    row = add_row(ledger, "leaders", cast.clerk, NOW)
    named = {"post": "party_secretary", "name": "孙某", "political_status": "01"}
    save_row(ledger, "leaders", row, named, cast.clerk, NOW)
    (found,) = [f for f in run_checks(load_snapshot(ledger, AS_OF)) if f.code == "X-04"]
    assert "（纪检委员）" in found.message
    answer_warnings(ledger, cast.clerk, NOW)
    assert ledger.confirmations.filter(code="X-04").count() == 1
