"""What a formula is: a name, typed parameters, and a function from societies to num and den."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, get_args, get_origin, get_type_hints

from django.db.models import QuerySet

from common.clock import start_of
from common.computing import Select
from common.periods import add_months

# Owners as rows (`pk`), or grouped rows with their society as `owner`; annotated `num` and `den`.
# No row, or den 0: 不适用. A NULL num: 未报, which counts 0 (R-STAR-01). den 0 with a num above 0:
# 尚未到期, nothing is due yet and so much will be by 31 December (R-STAR-08).
Result = QuerySet[Any]
# What a formula selects that gives a row for each organisation (R-STAR-10).
PARTS = ("owner", "num", "den", "part")


@dataclass(frozen=True)
class Window:
    """The days whose facts count, both ends included; the state of things is that of `last`.

    A year that runs asks what fell due so far (R-STAR-08): of a period that runs the part
    floor(required · days passed ÷ its days), so that whole periods count in full. freeze_on: the
    year is closed, and its ledger of 31 December is taken as it stood at the end of that day.
    """

    first: date
    last: date
    freeze_on: date | None = None

    @classmethod
    def year_to(cls, on: date) -> Window:
        """The running year as far as it has come: requirements are pro-rated (R-STAR-08)."""
        return cls(on.replace(month=1, day=1), on)

    @classmethod
    def closing(cls, year: int, freeze_on: date) -> Window:
        """A whole year, for its closing score."""
        return cls(date(year, 1, 1), date(year, 12, 31), freeze_on)

    @property
    def year_end(self) -> date:
        """31 December of the year."""
        return self.last.replace(month=12, day=31)

    @property
    def known_on(self) -> date:
        """The day at whose end the ledgers are looked at."""
        return self.freeze_on or self.last

    @property
    def starts_at(self) -> datetime:
        """00:00 of the first day."""
        return start_of(self.first)

    @property
    def ends_at(self) -> datetime:
        """24:00 of the last day."""
        return start_of(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.last - self.first).days + 1

    @property
    def quarters(self) -> list[tuple[date, date]]:
        """The whole quarters; before the first one is over, the days there are."""
        begins = [add_months(self.first, months) for months in (0, 3, 6, 9)]
        ends = [add_months(first, 3) - timedelta(days=1) for first in begins]
        whole = [pair for pair in zip(begins, ends, strict=True) if pair[1] <= self.last]
        return whole or [(self.first, self.last)]


@dataclass(frozen=True)
class Formula:
    """A set function of the societies asked about; params: a dataclass of its parameters."""

    function: Callable[[QuerySet[Any], Window, Any], Result | Select]
    params: type

    def __call__(
        self, societies: QuerySet[Any], window: Window, given: Mapping[str, Any]
    ) -> Result | Select:
        """Evaluate with parameters as an edition stores them."""
        return self.function(societies, window, typed(self.params, given))


@dataclass(frozen=True)
class NoParams:
    """Of a formula without parameters."""


class ParamError(ValueError):
    """A parameter is unknown, missing, of the wrong type or out of its range; `key` names it."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def typed(params: type, given: Mapping[str, Any]) -> Any:
    """The parameters as their dataclass. Raises ParamError."""
    hints = get_type_hints(params)
    values: dict[str, Any] = {}
    for name in given:
        if name not in hints:
            raise ParamError(name, f"未知的参数 {name}")
    for each in fields(params):
        if each.name in given:
            values[each.name] = _value(each.name, given[each.name], hints[each.name])
        elif each.default is MISSING:
            raise ParamError(each.name, f"缺少参数 {each.name}")
    return params(**values)


def _value(name: str, value: Any, kind: Any) -> Any:
    """A parameter of one of three kinds: a whole number, a text, or a tuple of one of these."""
    if get_origin(kind) is not tuple:
        if _fits(value, kind):
            return value
    elif isinstance(value, list | tuple) and value:
        each, *more = get_args(kind)
        wanted = len(value) if more == [Ellipsis] else 1 + len(more)
        if len(value) == wanted and all(_fits(item, each) for item in value):
            return tuple(value)
    raise ParamError(name, f"参数 {name} 的值 {value!r} 不合要求")


def _fits(value: Any, kind: type) -> bool:
    """Of the kind, and neither negative nor empty."""
    if type(value) is not kind:
        return False
    return value >= 0 if isinstance(value, int) else bool(value)


def only(name: str, values: Any, choices: Any) -> None:
    """Raise ParamError unless every value is a choice."""
    if unknown := sorted(set(values) - set(choices)):
        raise ParamError(name, f"参数 {name} 中有未知的值 {unknown}")
