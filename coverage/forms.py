"""Forms of the night runs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from common.forms import PortalForm
from common.listing import FilterForm
from coverage.models import NightState
from societies.models import Federation


class RunFilter(FilterForm):
    """Runs by state."""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", "全部状态"), *NightState.choices]  # type: ignore[attr-defined]


class RunAgainForm(PortalForm):
    """Which night to compute. No once-token: the night itself counts once."""

    federation = forms.ModelChoiceField(
        label="科协", queryset=Federation.objects.none(), empty_label="请选择科协"
    )
    on = forms.DateField(label="数据日期", help_text="要定格的日期，昨日或更早")

    def __init__(self, *args: Any, federations: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["federation"].queryset = federations  # type: ignore[attr-defined]
