"""Columns of ledger figures: missing is not zero (D-4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import CheckConstraint, Q


class ValueState(models.TextChoices):
    """The state stored beside every count; a reported 0 is 已报零."""

    REPORTED = "reported", "已报"
    MISSING = "missing", "未报"
    NOT_APPLICABLE = "not_applicable", "不适用"


class YesNo(models.TextChoices):
    """Answers of a yes-or-no field; `not_applicable` only where the catalogue offers it."""

    YES = "yes", "是"
    NO = "no", "否"
    NOT_APPLICABLE = "not_applicable", "不适用"
    MISSING = "missing", "未报"


class CountField(models.PositiveIntegerField):
    """A whole number ≥ 0 or NULL, with `<name>_state` in a column beside it.

    Migrations see two plain columns. `count_constraints` ties them together.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"null": True, "blank": True} | kwargs)

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        """Add the state column with the count."""
        super().contribute_to_class(cls, name, private_only)
        state = models.CharField(
            max_length=15, choices=ValueState, default=ValueState.MISSING, editable=False
        )
        state.contribute_to_class(cls, f"{name}_state")

    def deconstruct(self) -> tuple[Any, Any, Any, Any]:
        """A plain column for migrations."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveIntegerField", args, kwargs


class YesNoField(models.CharField):
    """是 / 否 / 不适用 / 未报."""

    def __init__(self, **kwargs: Any) -> None:
        fixed: dict[str, Any] = {"max_length": 15, "choices": YesNo, "default": YesNo.MISSING}
        super().__init__(**fixed | kwargs)

    def deconstruct(self) -> tuple[Any, Any, Any, Any]:
        """A plain column for migrations."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def count_constraints(prefix: str, names: Sequence[str]) -> list[CheckConstraint]:
    """One constraint per count: the value is filled exactly when its state is 已报."""
    return [
        CheckConstraint(
            name=f"{prefix}_{name}_state",
            condition=Q(**{f"{name}__isnull": False, f"{name}_state": ValueState.REPORTED})
            | Q(
                **{
                    f"{name}__isnull": True,
                    f"{name}_state__in": [ValueState.MISSING, ValueState.NOT_APPLICABLE],
                }
            ),
            violation_error_message="数值与填报状态不一致",
        )
        for name in names
    ]


def plain_yes_no(prefix: str, names: Sequence[str]) -> list[CheckConstraint]:
    """One constraint per Y2 field: 不适用 is not among its answers."""
    return [
        CheckConstraint(
            name=f"{prefix}_{name}_yes_or_no",
            condition=~Q(**{name: YesNo.NOT_APPLICABLE}),
            violation_error_message="此项只能填“是”或“否”",
        )
        for name in names
    ]


def when_sealed(name: str, condition: Q, message: str) -> CheckConstraint:
    """Arithmetic that must hold once the secretary signed; a draft may still hold wrong numbers.

    A missing or inapplicable operand makes the comparison unknown, which passes.
    """
    return CheckConstraint(
        name=name, condition=Q(sealed=False) | condition, violation_error_message=message
    )
