"""Template filters of coverage figures: `{% load coverage_figures %}`."""

from __future__ import annotations

from typing import Any

from django import template

from coverage import display
from coverage.models import FigureState

register = template.Library()


@register.filter
def coverage_rate(figure: Any) -> str:
    """A figure's rate, `97.56%`, or a dash; None (no such figure) is a dash too."""
    if figure is None or figure.state != FigureState.VALUE:
        return display.NO_VALUE
    return display.rate(figure.covered, figure.total)


@register.filter
def why_empty(figure: Any) -> str:
    """The word beside the dash (R-COV-10)."""
    if figure is None:
        return "暂无数据"
    return display.why_empty(figure.state, getattr(figure, "owners", None))
