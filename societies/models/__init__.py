"""The register: federations, societies, their units; appointments and their grants."""

from societies.models.appointments import Appointment
from societies.models.federations import Federation
from societies.models.grants import FederationGrant, GrantBase, SocietyGrant, SocietyUnitGrant
from societies.models.interests import DeclaredInterest, InterestKind
from societies.models.quality import DataQualityIssue, Severity
from societies.models.recomputation import BackdatedFact, DirtySociety
from societies.models.societies import (
    BodyKind,
    DisciplineClass,
    FederationRelation,
    Society,
    SupportType,
)
from societies.models.units import SOCIETY_BRANCH_KINDS, TIER_OF_KIND, SocietyUnit, Tier, UnitKind

__all__ = [
    "SOCIETY_BRANCH_KINDS",
    "TIER_OF_KIND",
    "Appointment",
    "BackdatedFact",
    "BodyKind",
    "DataQualityIssue",
    "DeclaredInterest",
    "DirtySociety",
    "DisciplineClass",
    "Federation",
    "FederationGrant",
    "FederationRelation",
    "GrantBase",
    "InterestKind",
    "Severity",
    "Society",
    "SocietyGrant",
    "SocietyUnit",
    "SocietyUnitGrant",
    "SupportType",
    "Tier",
    "UnitKind",
]
