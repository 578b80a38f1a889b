"""Forms of the portal: one look for every field, Chinese messages that say how to mend it.

`PortalForm` and `PortalModelForm` render each bound field by `templates/components/field.html`
(`{{ field.as_field_group }}`), name the field in each message, and keep what was typed: dates are
text inputs, so that a browser never discards a wrong one.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import Input
from django.template.loader import get_template

DATE_EXAMPLE = "2026-11-20"
_DASHES = "-" * 9

_CONTROL = "form-control"
_CSS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    # Django derives the many boxes from the one choice, so they come first.
    (forms.CheckboxSelectMultiple, "form-check-input m-0"),
    (forms.RadioSelect, ""),
    (forms.Select, "form-select"),
    (forms.Textarea, _CONTROL),
    (Input, _CONTROL),
)

# Verb of the “please …” message by widget; fields not listed are filled in.
_ASK: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.FileInput, "请上传"),
    (forms.CheckboxInput, "请勾选"),
    (forms.Select, "请选择"),
    (forms.RadioSelect, "请选择"),
    (forms.CheckboxSelectMultiple, "请选择"),
)


class PortalBoundField(BoundField):
    """A bound field that knows which markup its widget needs."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Add the kit's class; say aria-required, since the browser's own check is off.

        A text area takes what is pasted, however long: cut by the browser it would be lost without
        a word, so the form's message answers.
        """
        widget = widget or self.field.widget
        if isinstance(widget, forms.Textarea):
            widget.attrs.pop("maxlength", None)
        built = super().build_widget_attrs(attrs, widget)
        css = next((css for kind, css in _CSS if isinstance(widget, kind)), "")
        own = str(widget.attrs.get("class", ""))
        if css and css not in own.split():
            built["class"] = f"{own} {css}".strip()
        if self.field.required and not widget.is_hidden and not self.use_fieldset:
            built["aria-required"] = "true"
        return built

    @property
    def shape(self) -> str:
        """How field.html lays it out: "pick" (radio pills), "checks", "check" or "line"."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return "checks"
        if isinstance(widget, forms.RadioSelect):
            return "pick"
        return "check" if isinstance(widget, forms.CheckboxInput) else "line"


class PortalRenderer(DjangoTemplates):
    """Django's widgets, our field: only names under components/ come from the project."""

    field_template_name = "components/field.html"
    bound_field_class = PortalBoundField

    def get_template(self, template_name: str) -> Any:
        """The template of that name, from the project or from Django's forms."""
        if template_name.startswith("components/"):
            return get_template(template_name)
        return super().get_template(template_name)


def _messages(field: forms.Field, label: str) -> dict[str, str]:
    """The portal's messages for one field, by error code."""
    ask = next((ask for kind, ask in _ASK if isinstance(field.widget, kind)), "请填写")
    # The label of a box is a sentence of its own.
    named = f"“{label}”" if isinstance(field.widget, forms.CheckboxInput) else label
    messages = {
        "required": f"{ask}{named}",
        "invalid_choice": f"{label}不在可选范围内，请重新选择",
        "max_length": f"{label}不能超过 %(limit_value)d 个字，现为 %(show_value)d 个字",
        "min_length": f"{label}不能少于 %(limit_value)d 个字，现为 %(show_value)d 个字",
        "max_value": f"{label}不能大于 %(limit_value)s",
        "min_value": f"{label}不能小于 %(limit_value)s",
        "max_digits": f"{label}的数字位数不能超过 %(max)d 位",
        "max_decimal_places": f"{label}的小数不能超过 %(max)d 位",
        "max_whole_digits": f"{label}的整数部分不能超过 %(max)d 位",
        "null_characters_not_allowed": f"{label}含有不可见的控制字符，请删去后重新填写",
    }
    if isinstance(field, forms.DateField):
        messages["invalid"] = f"{label}应为实际存在的日期，如 {DATE_EXAMPLE}"
    elif isinstance(field, forms.DecimalField):
        messages["invalid"] = f"{label}应为数字，如 12.5，不要带单位"
    elif isinstance(field, forms.IntegerField):
        messages["invalid"] = f"{label}应为整数，如 12，不要带单位"
    return messages


def _defaults(field: forms.Field) -> dict[str, str]:
    """Django's own messages of the field's class, to tell them from the author's."""
    messages: dict[str, str] = {}
    for kind in reversed(type(field).__mro__):
        messages.update(getattr(kind, "default_error_messages", {}))
    return messages


def speak_chinese(field: forms.Field, label: str) -> None:
    """Give a field the portal's messages; messages its author wrote stay."""
    defaults = _defaults(field)
    for code, message in _messages(field, label).items():
        current = field.error_messages.get(code)
        if current is None or current == defaults.get(code):
            field.error_messages[code] = message


def plain_dates(field: forms.Field) -> None:
    """A date is typed as text in ISO order; the picker of a browser would drop a wrong date."""
    if isinstance(field, forms.DateField) and isinstance(field.widget, forms.DateInput):
        field.widget.format = "%Y-%m-%d"
        field.widget.attrs.setdefault("placeholder", f"如 {DATE_EXAMPLE}")
        field.widget.attrs.setdefault("autocomplete", "off")
    if isinstance(field, forms.IntegerField) and isinstance(field.widget, forms.NumberInput):
        # A number input silently empties what is no number: as text the words come back.
        numeric = "numeric" if type(field) is forms.IntegerField else "decimal"
        field.widget.input_type = "text"
        field.widget.attrs.setdefault("inputmode", numeric)
        for limit in ("min", "max", "step"):
            field.widget.attrs.pop(limit, None)


def ask_to_choose(field: forms.Field) -> None:
    """A choice that nobody has made reads 请选择, not a row of dashes."""
    if isinstance(field, forms.ModelChoiceField) and field.empty_label == _DASHES:
        field.empty_label = "请选择" if field.required else "未选"


class PortalFormMixin(forms.BaseForm):
    """What both kinds of form share; put it before the Django class."""

    default_renderer = PortalRenderer
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            _dress(name, field)

    def add_field(self, name: str, field: forms.Field) -> None:
        """A field that only the rows at hand ask for; it speaks like the declared ones."""
        _dress(name, field)
        self.fields[name] = field


def _dress(name: str, field: forms.Field) -> None:
    speak_chinese(field, str(field.label or name))
    plain_dates(field)
    ask_to_choose(field)


class PortalForm(PortalFormMixin, forms.Form):
    """A form that belongs to no model."""


class PortalModelForm(PortalFormMixin, forms.ModelForm):
    """A form that parses for one model; an action still does the writing."""
