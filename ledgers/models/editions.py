"""Editions: the half-year ledger's rules as data (D-3)."""

from __future__ import annotations

from django.db import models

from accounts.permissions import Permission
from common.history import tracked
from ledgers.querysets.periods import LedgerEditionQuerySet
from ledgers.rules import LedgerRules, parse_rules
from societies.access import Owned, ScopePaths
from societies.models import Federation


@tracked()
class LedgerEdition(Owned, models.Model):
    """Deadlines, codes and field settings of one federation from a day on.

    A period keeps the edition it was opened under; an edition in use is superseded, never changed.
    """

    federation = models.ForeignKey(
        Federation, on_delete=models.PROTECT, related_name="ledger_editions"
    )
    code = models.CharField("版本", max_length=50)
    valid_from = models.DateField("适用自", help_text="截止日不早于此日的期次适用")
    content = models.JSONField("内容")

    read_permission = Permission.LEDGER_VIEW
    scope_paths = ScopePaths(federation="federation_id")
    objects = LedgerEditionQuerySet.as_manager()

    class Meta:
        verbose_name = "台账版本"
        verbose_name_plural = "台账版本"
        ordering = ["federation_id", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="ledger_edition_once_per_day", fields=["federation", "valid_from"]
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def rules(self) -> LedgerRules:
        """The content with types; raises ValueError naming what is wrong."""
        return parse_rules(self.content)
