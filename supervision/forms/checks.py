"""Forms of spot checks. `row_version` carries `version_of` the check: its steps and its answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from common.formpages import VersionedForm
from common.once import STALE_PAGE
from supervision.actions import Ruling
from supervision.models import Answer, AnswerValue, FindingSeverity, Unsigned

_TWO = {"rows": 2}
_FOUR = {"rows": 4}


class StepForm(VersionedForm):
    """A button, or the words of a step; what is typed is no value of the row."""

    recorded = False


class RecusalForm(StepForm):
    """提出回避."""

    reason = forms.CharField(
        label="回避情形",
        max_length=200,
        help_text="写明任职、会员关系、亲属关系等，不写无关的个人情况",
        widget=forms.Textarea(attrs=_TWO),
    )


class ReopenForm(StepForm):
    """退回修改."""

    reason = forms.CharField(label="退回原因", max_length=300, widget=forms.Textarea(attrs=_TWO))


class DissentForm(StepForm):
    """The society's signature."""

    dissent = forms.CharField(
        label="不同意见",
        max_length=500,
        required=False,
        help_text="签字表示已核对检查情况，不同意见随结果一并保留",
        widget=forms.Textarea(attrs=_TWO),
    )


class UnsignedForm(StepForm):
    """记录学会未签."""

    unsigned = forms.ChoiceField(
        label="学会未签",
        choices=[("", "请选择"), *Unsigned.choices],
        error_messages={"invalid_choice": "请选择拒签或逾期未确认"},
    )
    reason = forms.CharField(
        label="未签情况",
        max_length=300,
        help_text="写明何时、以何种方式请学会签字，学会如何答复；只写事实",
        widget=forms.Textarea(attrs=_TWO),
    )


class BarredForm(StepForm):
    """记录拒绝检查."""

    reason = forms.CharField(
        label="拒绝检查情况",
        max_length=300,
        help_text="写明何时到场、向谁出示通知、对方如何答复；只写事实",
        widget=forms.Textarea(attrs=_TWO),
    )


class ReplyForm(StepForm):
    """学会反馈."""

    reply = forms.CharField(label="反馈意见", max_length=1000, widget=forms.Textarea(attrs=_FOUR))


class OpinionForm(StepForm):
    """The lead's opinion."""

    opinion = forms.CharField(
        label="组长意见",
        max_length=500,
        help_text="学会有反馈的，写明是否属实、如何处理",
        widget=forms.Textarea(attrs=_TWO),
    )


KEEP, DROP = "keep", "drop"
_UPHELD = {"yes": "认定学会拒绝接受检查", "no": "不予认定"}


class ConclusionForm(StepForm):
    """The final conclusion, and for each answer that carries a severity what becomes of it.

    barred: of a refused check, which is asked instead whether it is found so.
    """

    conclusion = forms.CharField(label="结论", max_length=500, widget=forms.Textarea(attrs=_FOUR))

    def __init__(
        self, *args: Any, flagged: Iterable[Answer] = (), barred: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if barred:
            self.fields["upheld"] = forms.ChoiceField(
                label="是否认定拒绝接受检查",
                choices=[("", "请选择"), *_UPHELD.items()],
                error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择是否认定"),
            )
        self.flagged = list(flagged)
        for answer in self.flagged:
            self.fields[f"ruling_{answer.pk}"] = forms.ChoiceField(
                label=f"{answer.item.code} 的处理",
                choices=_choices(answer),
                required=False,
                error_messages={"invalid_choice": "请在列出的处理中选择"},
            )
            self.fields[f"reason_{answer.pk}"] = forms.CharField(
                label=f"{answer.item.code} 的调整原因",
                max_length=300,
                required=False,
                help_text="调整或不下发须写明",
                widget=forms.Textarea(attrs=_TWO),
            )

    def rows(self) -> list[tuple[Answer, Any, Any]]:
        """Each answer with its two fields."""
        return [(a, self[f"ruling_{a.pk}"], self[f"reason_{a.pk}"]) for a in self.flagged]

    def clean(self) -> dict[str, Any]:
        """`rulings`: what was chosen; kept where nothing was. `upheld`: None if not asked."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        said["upheld"] = {"yes": True, "no": False}.get(said.get("upheld", ""))
        chosen = [(a, said.get(f"ruling_{a.pk}") or KEEP) for a in self.flagged]
        said["rulings"] = [
            Ruling(a.pk, "" if word == DROP else word, said.get(f"reason_{a.pk}", ""))
            for a, word in chosen
            if word != KEEP
        ]
        return said


def _choices(answer: Answer) -> list[tuple[str, str]]:
    """维持, the other severities, 不下发."""
    kept = f"维持，程度“{answer.get_severity_display()}”"
    others = [
        (value, f"改为“{label}”")
        for value, label in FindingSeverity.choices
        if value != answer.severity
    ]
    return [(KEEP, kept), *others, (DROP, "不作为整改问题下发")]


class AnswerForm(forms.Form):
    """One item as the phone sends it; which of it is missing, the answer itself says."""

    client = forms.UUIDField(error_messages=STALE_PAGE)
    seq = forms.IntegerField(min_value=1, max_value=2**31 - 1, error_messages=STALE_PAGE)
    row_version = forms.IntegerField(error_messages=STALE_PAGE)
    value = forms.ChoiceField(
        choices=[("", ""), *AnswerValue.choices],
        required=False,
        error_messages={"invalid_choice": "请在四种检查结论中选择"},
    )
    note = forms.CharField(
        required=False,
        max_length=1000,
        error_messages={"max_length": "事实和依据不超过 1000 字"},
    )
    severity = forms.ChoiceField(
        choices=[("", ""), *FindingSeverity.choices],
        required=False,
        error_messages={"invalid_choice": "请在一般、较重、严重中选择"},
    )
