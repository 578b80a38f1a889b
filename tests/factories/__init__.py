"""Valid objects with sensible defaults. Each factory makes what its object hangs on."""

from tests.factories.accounts import make_user
from tests.factories.branches import make_organisation, make_posting
from tests.factories.coverage import at, freeze, make_edition, make_target, two_o_clock
from tests.factories.findings import make_batch_finding, make_finding
from tests.factories.ledgers import make_cast, make_ledger, make_period
from tests.factories.life import file_life, life_facts, make_obligations, turn_life
from tests.factories.rounds import make_round
from tests.factories.societies import (
    make_actor,
    make_federation,
    make_interest,
    make_society,
    make_society_branch,
)
from tests.factories.starrating import freeze_stars, make_standard
from tests.factories.supervision import make_batch, make_checklist
from tests.factories.terms import make_party_group, make_post, make_term
from tests.factories.training import make_class, make_event, make_training

__all__ = [
    "at",
    "file_life",
    "freeze",
    "freeze_stars",
    "life_facts",
    "make_actor",
    "make_batch",
    "make_batch_finding",
    "make_cast",
    "make_checklist",
    "make_class",
    "make_edition",
    "make_event",
    "make_federation",
    "make_finding",
    "make_interest",
    "make_ledger",
    "make_obligations",
    "make_organisation",
    "make_party_group",
    "make_period",
    "make_post",
    "make_posting",
    "make_round",
    "make_society",
    "make_society_branch",
    "make_standard",
    "make_target",
    "make_term",
    "make_training",
    "make_user",
    "turn_life",
    "two_o_clock",
]
