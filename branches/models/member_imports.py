"""Import of members by workbook: the batch of one organisation, and its staged rows."""

from __future__ import annotations

from django.db import models

from accounts.permissions import Permission
from branches.models.organisations import PartyOrganisation
from common.history import tracked
from common.imports.batches import ImportBatch, ImportRow, batch_constraints
from societies.access import Owned, ScopedQuerySet, ScopePaths
from societies.models import Society


@tracked(exclude=["attempt", "settled", "worked_on", "done", "mark", "heads"])
class MemberImport(Owned, ImportBatch):
    """A workbook of members for one organisation, uploaded by its secretary."""

    society = models.ForeignKey(Society, on_delete=models.PROTECT, related_name="member_imports")
    organisation = models.ForeignKey(
        PartyOrganisation, on_delete=models.PROTECT, related_name="member_imports"
    )

    read_permission = Permission.MEMBER_FILE
    scope_paths = ScopePaths(organisation="organisation_id")
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "党员名册导入"
        ordering = ["-pk"]
        constraints = batch_constraints("member_import")


class MemberImportRow(ImportRow):
    """One line of such a workbook."""

    batch = models.ForeignKey(MemberImport, on_delete=models.CASCADE, related_name="rows")

    class Meta:
        verbose_name = "导入行"
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(name="member_import_line_once", fields=["batch", "line"])
        ]
        indexes = [
            models.Index(fields=["batch", "kind", "line"], name="member_import_by_kind"),
            models.Index(fields=["batch", "key"], name="member_import_by_key"),
        ]
