"""Party organisations, the units they serve, and people posted to societies.

These facts come from paper decisions and are entered, changed and ended by the committee's
reviewer only (R-ORG-09, roles.md §3); a ledger never changes them (D-15).
"""

from branches.models.organisations import (
    Basis,
    OrganisationForm,
    OrganisationState,
    OrganisationType,
    PartyOrganisation,
    PartyOrganisationGrant,
)
from branches.models.postings import (
    Posting,
    PostingKind,
)
from branches.models.services import (
    OrganisationService,
    OrganisationSuspension,
)

__all__ = [
    "Basis",
    "OrganisationForm",
    "OrganisationService",
    "OrganisationState",
    "OrganisationSuspension",
    "OrganisationType",
    "PartyOrganisation",
    "PartyOrganisationGrant",
    "Posting",
    "PostingKind",
]
