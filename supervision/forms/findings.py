"""Forms of findings. Each names its fields as the action that it calls names what it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.db.models import QuerySet

from common import clock
from common.formpages import ActionForm, VersionedForm
from common.imports.door import MAX_BYTES
from common.listing import FilterForm
from societies.models import Society
from supervision.evidence_files import TYPES, WORDS
from supervision.finding_page import AGES, LANES, OPEN
from supervision.models import Finding, FindingSeverity, FindingSource

_TWO = {"rows": 2}
_FOUR = {"rows": 4}
_PASSED_ON = [each for each in FindingSource.choices if each[0] != FindingSource.BATCH]


@dataclass(frozen=True)
class Offered:
    """What the filters offer: key and name of the batches and societies of the findings read."""

    batches: Sequence[tuple[int, str]]
    societies: Sequence[tuple[int, str]]


class FindingFilter(FilterForm):
    """Filters of the board and the list."""

    q = forms.CharField(label="搜索", required=False, max_length=50)
    batch = forms.ChoiceField(label="督导批次", required=False)
    society = forms.ChoiceField(label="学会", required=False)
    severity = forms.ChoiceField(
        label="程度", required=False, choices=[("", "全部程度"), *FindingSeverity.choices]
    )
    overdue = forms.ChoiceField(
        label="期限", required=False, choices=[("", "全部期限"), ("True", "已逾期")]
    )

    def __init__(self, *args: Any, offered: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(str(pk), name) for pk, name in offered.batches]
        none = ("none", "批次以外登记")
        self.fields["batch"].choices = [("", "全部批次"), *found, none]  # type: ignore[attr-defined]
        if not found:
            del self.fields["batch"]
        named = [(str(pk), name) for pk, name in offered.societies]
        self.fields["society"].choices = [("", "全部学会"), *named]  # type: ignore[attr-defined]
        if len(named) < 2:
            del self.fields["society"]

    def narrow_q(self, rows: QuerySet[Finding], text: str) -> QuerySet[Finding]:
        """By code, title, society name or initials."""
        return rows.matching(text)  # type: ignore[attr-defined]

    def narrow_batch(self, rows: QuerySet[Finding], value: str) -> QuerySet[Finding]:
        """Of one batch, or of none."""
        return rows.filter(batch=None if value == "none" else int(value))

    def narrow_overdue(self, rows: QuerySet[Finding], value: str) -> QuerySet[Finding]:
        """Only what is overdue (the rows carry the annotation)."""
        return rows.filter(**{"overdue": True})


class FindingListFilter(FindingFilter):
    """Filters of the list: also by column of the board, and by age."""

    lane = forms.ChoiceField(
        label="进度",
        required=False,
        choices=[("", "全部进度"), OPEN, *((lane.key, lane.label) for lane in LANES)],
    )
    age = forms.ChoiceField(
        label="下发至今",
        required=False,
        choices=[("", "下发至今不限"), *((age.key, age.label) for age in AGES)],
    )

    def narrow_lane(self, rows: QuerySet[Finding], value: str) -> QuerySet[Finding]:
        """The states of a column, or everything not closed."""
        if value == OPEN[0]:
            return rows.open()  # type: ignore[attr-defined]
        return rows.filter(state__in=next(lane.states for lane in LANES if lane.key == value))

    def narrow_age(self, rows: QuerySet[Finding], value: str) -> QuerySet[Finding]:
        """By calendar days since the issue."""
        age = next(age for age in AGES if age.key == value)
        return rows.aged(clock.today(), age.least, age.most)  # type: ignore[attr-defined]


class RegisterForm(ActionForm):
    """登记问题 outside a batch."""

    society = forms.ModelChoiceField(Society.objects.none(), label="学会", empty_label="请选择学会")
    source = forms.ChoiceField(label="来源", choices=_PASSED_ON)
    severity = forms.ChoiceField(
        label="程度",
        choices=FindingSeverity.choices,
        initial=FindingSeverity.GENERAL,
        widget=forms.RadioSelect,
    )
    title = forms.CharField(label="问题", max_length=80)
    facts = forms.CharField(
        label="事实",
        max_length=1000,
        help_text="写明时间、事项和依据，不记个人言论",
        widget=forms.Textarea(attrs=_FOUR),
    )
    requirement = forms.CharField(
        label="整改要求", max_length=500, widget=forms.Textarea(attrs=_TWO)
    )

    def __init__(self, *args: Any, societies: QuerySet[Society], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["society"].queryset = societies  # type: ignore[attr-defined]


class RemindForm(ActionForm):
    """批量提醒: which findings, and one text for all of them."""

    findings = forms.MultipleChoiceField(
        label="提醒对象",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请至少选择一个问题",
            "invalid_choice": "有的问题已不在学会办理或不在筛选范围内，请核对后重新提交",
        },
    )
    text = forms.CharField(
        label="提醒内容",
        max_length=200,
        initial="请按期限办理整改并报送。",
        widget=forms.Textarea(attrs=_TWO),
    )

    def __init__(self, *args: Any, findings: Sequence[Finding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(row.pk), row.code) for row in findings]
        self.fields["findings"].choices = offered  # type: ignore[attr-defined]
        self.fields["findings"].initial = [pk for pk, _ in offered]


class ButtonForm(VersionedForm):
    """A button without fields."""


class ReasonForm(VersionedForm):
    """A return with its reason."""

    reason = forms.CharField(label="退回原因", max_length=300, widget=forms.Textarea(attrs=_TWO))


class PlanForm(VersionedForm):
    """整改方案."""

    responsible_post = forms.CharField(
        label="责任岗位", max_length=40, help_text="填写岗位，如“学会办公室主任”，不填姓名"
    )
    plan = forms.CharField(
        label="整改方案",
        max_length=1000,
        help_text="写明措施和步骤，不超过 1000 字",
        widget=forms.Textarea(attrs=_FOUR),
    )
    planned_on = forms.DateField(label="计划完成日期")


class DateForm(VersionedForm):
    """The leader's finish day for 严重."""

    finish_due = forms.DateField(label="完成期限")


class MeasureForm(VersionedForm):
    """立即措施."""

    measure = forms.CharField(label="立即措施", max_length=500, widget=forms.Textarea(attrs=_TWO))


class EvidenceForm(VersionedForm):
    """One evidence: a file, a text, or a record of the portal."""

    title = forms.CharField(
        label="名称", max_length=100, required=False, help_text="上传文件的，以文件名为名称"
    )
    file = forms.FileField(
        label="文件",
        required=False,
        help_text=f"{WORDS}，不超过 {MAX_BYTES // 1024 // 1024} MB；严禁上传涉密信息",
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in TYPES)}),
        error_messages={"empty": "文件是空的，请重新选择"},
        max_length=None,
    )
    path = forms.CharField(
        label="平台内记录",
        max_length=300,
        required=False,
        help_text="本平台页面的地址，从浏览器地址栏复制",
    )
    text = forms.CharField(
        label="文字说明", max_length=1000, required=False, widget=forms.Textarea(attrs=_TWO)
    )

    def __init__(self, *args: Any, host: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.host = host

    def clean_path(self) -> str:
        """An address copied whole loses this portal's own host; another's stays to be refused."""
        path: str = self.cleaned_data["path"].strip()
        parts = urlsplit(path)
        own = parts.scheme in ("http", "https") and parts.netloc == self.host
        return parts._replace(scheme="", netloc="").geturl() if own else path


class RemoveForm(VersionedForm):
    """撤下 one evidence."""

    evidence = forms.IntegerField(widget=forms.HiddenInput)


class ResultForm(VersionedForm):
    """整改情况."""

    result = forms.CharField(
        label="整改情况",
        max_length=1000,
        help_text="写明已完成的措施和结果，对应上面的整改依据",
        widget=forms.Textarea(attrs=_FOUR),
    )


class VerifyForm(VersionedForm):
    """复查意见, whichever way it goes."""

    opinion = forms.CharField(label="复查意见", max_length=300, widget=forms.Textarea(attrs=_TWO))


class OpinionForm(VersionedForm):
    """The reviewer's opinion on an extension."""

    opinion = forms.CharField(label="审核意见", max_length=300, widget=forms.Textarea(attrs=_TWO))


class ExtensionForm(VersionedForm):
    """延期申请."""

    due_asked = forms.DateField(label="申请延至")
    reason = forms.CharField(label="延期理由", max_length=300, widget=forms.Textarea(attrs=_TWO))


class DecisionForm(VersionedForm):
    """The leader's decision on an extension."""

    granted = forms.TypedChoiceField(
        label="决定",
        coerce=lambda value: value == "True",
        empty_value=None,
        choices=[("True", "同意"), ("False", "不同意")],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label="决定意见", max_length=300, widget=forms.Textarea(attrs=_TWO))
