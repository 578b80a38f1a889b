"""The tables of `common`: keys of forms already answered, and bytes of files."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Self

from django.db import models


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
        """The row holding these bytes; written only if they are new."""
        digest = hashlib.sha256(data).hexdigest()
        row = cls(
            sha256=digest, content_type=content_type, size=len(data), content=data, created_at=now
        )
        cls.objects.bulk_create([row], ignore_conflicts=True)
        return cls.objects.defer("content").get(sha256=digest)
