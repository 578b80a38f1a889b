"""The one table of `common`: keys of forms already answered."""

from __future__ import annotations

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
