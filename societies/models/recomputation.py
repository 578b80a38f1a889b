"""What the next computation of figures must take up; written with the fact that asks for it."""

from __future__ import annotations

from django.db import models

from societies.models.societies import Society


class DirtySociety(models.Model):
    """A society whose live figures must be computed again; written with the fact."""

    society = models.ForeignKey(Society, on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "待重算学会"

    def __str__(self) -> str:
        return str(self.society_id)


class BackdatedFact(models.Model):
    """A fact that holds since a past day: the next night revises the month-ends from there."""

    society = models.ForeignKey(Society, on_delete=models.CASCADE)
    since = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "追溯事实"

    def __str__(self) -> str:
        return f"{self.society_id} {self.since}"
