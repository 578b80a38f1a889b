"""R-STAR-06: a rating round, step by step, through the actions."""

from datetime import date
from decimal import Decimal

import pytest

from starrating.awarding import entitlement, scale_of
from starrating.models import (
    Outcome,
    StarAward,
)
from tests.factories.rounds import (
    finalise,
    make_round,
    post,
    walk,
)

pytestmark = pytest.mark.django_db


def test_a_round_from_application_to_its_number():
    world = make_round()
    entry = walk(world.entry(), world.cast)
    assert (entry.state, entry.awarded_score, entry.entitled) == ("deliberated", 80, 4)
    post(world)
    entry = world.entry()
    assert (entry.state, entry.outcome, entry.stars) == ("publicity", Outcome.RATED, 4)
    assert (entry.publicity_from, entry.publicity_until) == (date(2026, 3, 16), date(2026, 3, 20))
    finalise(world)
    entry = world.entry()
    assert (entry.state, entry.round.document_number) == ("final", "科社党〔2026〕8号")
    award = StarAward.objects.get(society=world.societies[0])
    assert (award.state, award.stars) == ("official", 4)
    assert (award.valid_from, award.valid_to) == (date(2026, 3, 24), date(2028, 1, 1))
    verbs = list(entry.steps.order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        *("open", "compute", "send_application", "sign_application"),
        *("send_self_assessment", "sign_self_assessment", "assign", "adjust"),
        *("submit_assessment", "agree", "agree", "post", "finalise"),
    ]


def test_the_closing_score_stands_beside_the_lines():
    """R-STAR-08: what the lines say and what the night's statement says is one score."""
    world = make_round(2)
    entry = world.entry()
    found = entitlement(entry, entry.lines.all(), scale_of(world.round.edition))
    assert found.score == entry.computed_score == Decimal("77.78")
    assert entry.tree == "multi"
    states = dict(entry.lines.values_list("code", "state"))
    assert states == {"A1": "value", "C1": "value", "E1": "missing", "F1": "not_supplied"}
