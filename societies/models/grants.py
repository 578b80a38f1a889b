"""Grants: guardian rows on scope objects, each carrying its appointment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from guardian.models import UserObjectPermissionBase

from accounts.permissions import ScopeKind
from societies.models.appointments import Appointment
from societies.models.federations import Federation
from societies.models.societies import Society
from societies.models.units import SocietyUnit


class GrantBase(UserObjectPermissionBase):
    """A guardian row that carries its appointment; outside its dates it gives nothing."""

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True

    scope_kind: ClassVar[ScopeKind]

    # Given by every concrete model.
    if TYPE_CHECKING:
        appointment: models.ForeignKey[Any, Any]
        content_object: models.ForeignKey[Any, Any]


class FederationGrant(GrantBase):
    """A right on a federation."""

    content_object = models.ForeignKey(Federation, on_delete=models.CASCADE)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="federation_grants"
    )
    scope_kind = ScopeKind.FEDERATION

    class Meta(GrantBase.Meta):
        abstract = False
        unique_together = [("appointment", "permission", "content_object")]


class SocietyGrant(GrantBase):
    """A right on a society."""

    content_object = models.ForeignKey(Society, on_delete=models.CASCADE)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="society_grants"
    )
    scope_kind = ScopeKind.SOCIETY

    class Meta(GrantBase.Meta):
        abstract = False
        unique_together = [("appointment", "permission", "content_object")]


class SocietyUnitGrant(GrantBase):
    """A right on a society branch."""

    content_object = models.ForeignKey(SocietyUnit, on_delete=models.CASCADE)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="unit_grants"
    )
    scope_kind = ScopeKind.UNIT

    class Meta(GrantBase.Meta):
        abstract = False
        unique_together = [("appointment", "permission", "content_object")]
