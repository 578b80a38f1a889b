"""R-LED-08…10: who moves a ledger from where to where, and that no two steps are one person's."""

import pytest

from ledgers.models import LedgerState, LedgerStep
from societies.models import DirtySociety
from tests.factories import make_organisation, make_society
from tests.factories.ledgers import (
    AS_OF,
    make_cast,
    make_ledger,
    moment,
)

pytestmark = pytest.mark.django_db
NOW = moment(AS_OF)
S = LedgerState


@pytest.fixture
def society():
    society = make_society()
    make_organisation(society, *society.units.all(), type="branch")
    return society


@pytest.fixture
def cast(society):
    return make_cast(society)


def test_a_ledger_walks_from_draft_to_accepted(society, cast):
    ledger = make_ledger(society, cast=cast, state=S.ACCEPTED)
    assert ledger.state == S.ACCEPTED
    assert ledger.number == "TZ-2026H1-0001"
    verbs = list(
        LedgerStep.objects.filter(ledger=ledger).order_by("pk").values_list("verb", flat=True)
    )
    assert verbs == ["open_draft", "send_for_signature", "sign_and_file", "accept"]
    assert [ledger.sent_by, ledger.signed_by, ledger.reviewed_by] == [
        cast.clerk.user,
        cast.secretary.user,
        cast.reviewer.user,
    ]
    assert DirtySociety.objects.filter(society=society).exists()
