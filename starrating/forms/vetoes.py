"""Forms of 一票否决."""

from __future__ import annotations

from typing import Any

from django import forms

from common.formpages import ActionForm, VersionedForm
from starrating.models import RatingEdition, VetoKind, VetoRule

_ROWS = {"rows": 4}


class RuleField(forms.ModelChoiceField):
    """Rules by code and title."""

    def label_from_instance(self, obj: Any) -> str:
        """V8 年检不合格或未参加."""
        return f"{obj.code} {obj.title}"


class VetoForm(ActionForm):
    """Enter a decided case with its document."""

    rule = RuleField(label="情形", queryset=VetoRule.objects.none())
    document_number = forms.CharField(label="文号", max_length=60)
    facts = forms.CharField(
        label="事实",
        max_length=500,
        help_text="写明认定的事实和机关；学会可见，可在 5 个工作日内陈述意见",
        widget=forms.Textarea(attrs=_ROWS),
    )

    def __init__(self, *args: Any, edition: RatingEdition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = VetoRule.objects.filter(edition=edition, kind=VetoKind.DECISION).order_by("code")
        self.fields["rule"].queryset = rules  # type: ignore[attr-defined]


class StatementForm(VersionedForm):
    """The society's view."""

    recorded = False

    statement = forms.CharField(label="意见", max_length=500, widget=forms.Textarea(attrs=_ROWS))


class VetoButtonForm(VersionedForm):
    """核定, 确认 or 确认解除."""


class CloseForm(VersionedForm):
    """不予否决, with a reason."""

    recorded = False

    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs=_ROWS))


class LiftForm(CloseForm):
    """解除, proposed with a reason."""
