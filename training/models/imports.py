"""Import of attendance by workbook: the batch of one class, and its staged rows."""

from __future__ import annotations

from django.db import models

from accounts.permissions import Permission
from common.history import tracked
from common.imports.batches import ImportBatch, ImportRow, batch_constraints
from societies.access import Owned, ScopedQuerySet, ScopePaths
from training.models.classes import TrainingClass


@tracked(exclude=["attempt", "settled", "worked_on", "done", "mark", "heads"])
class AttendanceImport(Owned, ImportBatch):
    """A workbook of attendance of one class, uploaded by who runs it."""

    training_class = models.ForeignKey(
        TrainingClass, on_delete=models.PROTECT, related_name="attendance_imports"
    )

    read_permission = Permission.CLASS_ATTEND
    scope_paths = ScopePaths(federation="training_class__federation_id")
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "到课导入"
        ordering = ["-pk"]
        constraints = batch_constraints("attendance_import")


class AttendanceImportRow(ImportRow):
    """One line of such a workbook."""

    batch = models.ForeignKey(AttendanceImport, on_delete=models.CASCADE, related_name="rows")

    class Meta:
        verbose_name = "到课导入行"
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(name="attendance_import_line_once", fields=["batch", "line"])
        ]
        indexes = [
            models.Index(fields=["batch", "kind", "line"], name="attendance_import_by_kind"),
            models.Index(fields=["batch", "key"], name="attendance_import_by_key"),
        ]
