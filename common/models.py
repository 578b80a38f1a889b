"""The tables of `common`: keys of forms already answered, and bytes of files."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Self

from django.db import models, transaction


class FormToken(models.Model):
    """A form that was sent: its key, what was sent, and the answer given (R10).

    `user_id` is a plain number: this room knows no accounts. Rows older than a form lives may be
    deleted at any time.
    """

    user_id = models.BigIntegerField()
    purpose = models.CharField(max_length=200)
    token = models.UUIDField()
    digest = models.CharField(max_length=64)
    answer = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "表单凭据"
        constraints = [
            models.UniqueConstraint(name="form_token_once", fields=["user_id", "purpose", "token"])
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.token}"


class StoredFile(models.Model):
    """The bytes of a file, once per content. No address and no scope of its own: it is reached
    through the row that refers to it, by whoever may read that row.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "文件"

    def __str__(self) -> str:
        return self.sha256[:12]

    @classmethod
    def keep(cls, data: bytes, content_type: str, now: datetime) -> Self:
        """The row holding these bytes; written only if they are new.

        Locked until the transaction ends, so that what it is about to refer to is not forgotten
        (`forget_unused`) meanwhile.
        """
        digest = hashlib.sha256(data).hexdigest()
        row = cls(
            sha256=digest, content_type=content_type, size=len(data), content=data, created_at=now
        )
        kept: Self | None = None
        while kept is None:  # forgotten between the two: written again
            cls.objects.bulk_create([row], ignore_conflicts=True)
            rows = cls.objects.select_for_update(no_key=True).defer("content")
            kept = rows.filter(sha256=digest).first()
        return kept

    @classmethod
    def forget_unused(cls, keys: Collection[int] | None = None) -> int:
        """Delete the files that no row refers to, of these keys or of all; how many they were.

        A history's row keeps the number of a file, not the file.
        """
        rows = cls.objects.all() if keys is None else cls.objects.filter(pk__in=keys)
        with transaction.atomic():
            free = cls._unused(rows).select_for_update().order_by("pk")
            locked = list(free.values_list("pk", flat=True))
            # Asked again under the lock: `keep` may have been quicker.
            return cls._unused(cls.objects.filter(pk__in=locked)).delete()[0]

    @classmethod
    def _unused(cls, rows: models.QuerySet[Self]) -> models.QuerySet[Self]:
        for relation in cls._meta.get_fields(include_hidden=True):
            field = relation.field if isinstance(relation, models.ManyToOneRel) else None
            if field is not None and getattr(field, "db_constraint", False):
                users = field.model._base_manager.order_by()
                named = users.filter(**{field.name: models.OuterRef("pk")})
                rows = rows.filter(~models.Exists(named))
        return rows
