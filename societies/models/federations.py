"""The federation (科协): the tenant."""

from __future__ import annotations

from django.db import models

from accounts.permissions import Permission, ScopeKind
from accounts.roles import grant_permissions
from common.history import tracked
from societies.access import Owned, ScopePaths
from societies.querysets import FederationQuerySet


@tracked()
class Federation(Owned, models.Model):
    """A 科协: the tenant. Societies, committees, editions and settings hang on one (D-9)."""

    code = models.SlugField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=50, unique=True)
    committee_name = models.CharField("科技社团党委名称", max_length=50, default="科技社团党委")
    is_demo = models.BooleanField("演示数据", default=False)

    read_permission = Permission.SOCIETY_VIEW
    scope_paths = ScopePaths(federation="pk")
    objects = FederationQuerySet.as_manager()

    class Meta:
        verbose_name = "科协"
        verbose_name_plural = "科协"
        ordering = ["pk"]
        permissions = grant_permissions(ScopeKind.FEDERATION)

    def __str__(self) -> str:
        return self.name
