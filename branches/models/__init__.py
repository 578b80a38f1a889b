"""Party organisations, the units they serve, and people posted to societies.

Organisations come from paper decisions and are entered, changed and ended by the committee's
reviewer only (R-ORG-09, roles.md §3); terms and posts are written when a filing of the society is
accepted (§2.2). A ledger never changes them (D-15).
"""

from branches.models.attendance import Attendance, Mark
from branches.models.filings import (
    FilingKind,
    PostFiling,
    PostFilingSeat,
    PostFilingState,
)
from branches.models.life import LifeDraft, LifeKind, LifeRecord, LifeState
from branches.models.member_imports import MemberImport, MemberImportRow
from branches.models.members import (
    Affiliation,
    MemberState,
    Participation,
    PartyMember,
    Place,
)
from branches.models.obligations import (
    ExpectedLife,
    ExpectedLifeDay,
    ObligationCondition,
    ObligationEdition,
    ObligationPeriod,
    ObligationRule,
    ObligationSeverity,
)
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
from branches.models.posts import OFFICERS, PartyGroup, Post, PostKind, PostMode
from branches.models.services import (
    OrganisationService,
    OrganisationSuspension,
)
from branches.models.terms import Term, TermMode, TermState
from branches.models.visits import VisitReport, VisitState

__all__ = [
    "OFFICERS",
    "Affiliation",
    "Attendance",
    "Basis",
    "ExpectedLife",
    "ExpectedLifeDay",
    "FilingKind",
    "LifeDraft",
    "LifeKind",
    "LifeRecord",
    "LifeState",
    "Mark",
    "MemberImport",
    "MemberImportRow",
    "MemberState",
    "ObligationCondition",
    "ObligationEdition",
    "ObligationPeriod",
    "ObligationRule",
    "ObligationSeverity",
    "OrganisationForm",
    "OrganisationService",
    "OrganisationState",
    "OrganisationSuspension",
    "OrganisationType",
    "Participation",
    "PartyGroup",
    "PartyMember",
    "PartyOrganisation",
    "PartyOrganisationGrant",
    "Place",
    "Post",
    "PostFiling",
    "PostFilingSeat",
    "PostFilingState",
    "PostKind",
    "PostMode",
    "Posting",
    "PostingKind",
    "Term",
    "TermMode",
    "TermState",
    "VisitReport",
    "VisitState",
]
