"""Uploading a workbook of attendance, and saying which column is which."""

from __future__ import annotations

from typing import Any

from django import forms

from common.formpages import ActionForm
from common.imports.columns import LETTERS
from training.importing import COLUMNS


class UploadForm(ActionForm):
    """A workbook of attendance."""

    file = forms.FileField(
        label="工作簿",
        help_text="由名单工作簿填好的 .xlsx，不超过 10 MB；也可直接上传改好的错误工作簿",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"empty": "文件是空的，请选择填写好的工作簿"},
        max_length=None,
    )


class PlaceColumnsForm(ActionForm):
    """Which column of the sheet is which."""

    def __init__(self, *args: Any, heads: list[str], places: dict[str, int], **kw: Any) -> None:
        super().__init__(*args, **kw)
        choices = [("", "（不导入）")]
        choices += [(str(n), f"{LETTERS[n]} 列 {head}") for n, head in enumerate(heads)]
        for column in COLUMNS:
            at = places.get(column.key)
            self.fields[column.key] = forms.ChoiceField(
                label=column.label,
                choices=choices,
                required=column.required,
                initial="" if at is None else str(at),
                error_messages={"required": f"请选择“{column.label}”是哪一列"},
            )

    def places(self) -> dict[str, int]:
        """Column key → place in the sheet."""
        typed = {column.key: self.cleaned_data.get(column.key) for column in COLUMNS}
        return {key: int(at) for key, at in typed.items() if at}
