"""Forms of spot checks. `row_version` carries `version_of` the check: its steps and its answers."""

from __future__ import annotations

from django import forms

from common.formpages import VersionedForm
from common.once import STALE_PAGE
from supervision.models import AnswerValue, FindingSeverity

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
        help_text="选填；签字表示已核对检查情况，不同意见随结果一并保留",
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


class ConclusionForm(StepForm):
    """The final conclusion."""

    conclusion = forms.CharField(label="结论", max_length=500, widget=forms.Textarea(attrs=_FOUR))


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
