"""The rows of persons in the form of a filing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import formset_factory

from branches.models import PartyMember, PostKind, PostMode
from common.forms import PortalForm

MOST_PEOPLE = 100_000


def ask(form: forms.BaseForm, *names: str) -> None:
    """Not to be called optional on the page: the action asks for them where they are due."""
    for name in names:
        if name in form.fields:
            form.fields[name].asked = True  # type: ignore[attr-defined]


class PersonForm(PortalForm):
    """One person and the seat taken; an untouched row counts for nothing."""

    kind = forms.ChoiceField(
        label="职务", required=False, choices=[("", "请选择职务"), *PostKind.choices]
    )
    member = forms.TypedChoiceField(label="从名册选择", required=False, empty_value=None)
    person_name = forms.CharField(
        label="姓名", required=False, max_length=50, help_text="从名册选择的不用填"
    )
    also_kind = forms.ChoiceField(
        label="兼任", required=False, choices=[("", "无"), *PostKind.choices]
    )
    mode = forms.ChoiceField(label="产生方式", choices=PostMode.choices, initial=PostMode.ELECTED)
    votes = forms.IntegerField(
        label="赞成票",
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text="选举产生的填写",
    )

    def __init__(self, *args: Any, members: Sequence[PartyMember] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self, "kind", "person_name", "votes")
        if not members:
            del self.fields["member"]
            self.fields["person_name"].help_text = ""
            return
        by_pk = {str(member.pk): member for member in members}
        field: Any = self.fields["member"]
        field.choices = [("", "不从名册选择"), *((m.pk, _named(m, members)) for m in members)]

        def chosen(pk: str) -> PartyMember:
            if pk not in by_pk:
                raise ValueError(pk)
            return by_pk[pk]

        field.coerce = chosen


def _named(member: PartyMember, members: Sequence[PartyMember]) -> str:
    """The name; of namesakes with the month of birth."""
    alike = sum(other.name == member.name for other in members) > 1
    return f"{member.name}（{member.birth_month:%Y-%m}）" if alike else member.name


PersonRows: Any = formset_factory(
    PersonForm, extra=3, can_delete=True, max_num=40, absolute_max=40, validate_max=True
)
