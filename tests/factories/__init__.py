"""Valid objects with sensible defaults. Each factory makes what its object hangs on."""

from tests.factories.accounts import make_user
from tests.factories.branches import make_organisation, make_posting
from tests.factories.societies import (
    make_actor,
    make_federation,
    make_society,
    make_society_branch,
)

__all__ = [
    "make_actor",
    "make_federation",
    "make_organisation",
    "make_posting",
    "make_society",
    "make_society_branch",
    "make_user",
]
