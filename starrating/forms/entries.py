"""Forms of one entry. Each names its fields as the action that it calls names what it refuses."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from common.formpages import VersionedForm
from starrating.actions import Put, Said
from starrating.awarding import COUNTING, points_of
from starrating.models import RatingLine, SelfWord
from starrating.templatetags.stars import words

CENT = Decimal("0.01")
_TWO = {"rows": 2}
# The inputs of the table and those beside it belong to one form.
FORM = "lines"


class ButtonForm(VersionedForm):
    """A button without fields."""


class StepForm(VersionedForm):
    """The words of a step: said with it, no value of the entry."""

    recorded = False


class ReasonForm(StepForm):
    """A return with its reason."""

    reason = forms.CharField(label="退回原因", max_length=300, widget=forms.Textarea(attrs=_TWO))


class TextForm(StepForm):
    """A word that must be given."""

    text = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs=_TWO))


class AgreeForm(StepForm):
    """同意, with a word if wanted."""

    text = forms.CharField(
        label="审议意见", max_length=300, required=False, widget=forms.Textarea(attrs=_TWO)
    )


class ObjectForm(StepForm):
    """异议."""

    text = forms.CharField(
        label="异议",
        max_length=500,
        help_text="写明指标、事实和依据，由初评人、审议委员以外的人复核",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ApplyForm(VersionedForm):
    """创建申报."""

    target_stars = forms.TypedChoiceField(label="创建目标", coerce=int)
    measures = forms.CharField(
        label="创建措施",
        max_length=500,
        help_text="围绕创建目标的主要措施，不超过 500 字",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, most: int = 5, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Nothing is chosen beforehand: the target is the society's own (R-STAR-06).
        choices = [("", "请选择"), *((n, words(n)) for n in range(most, 0, -1))]
        self.fields["target_stars"].choices = choices  # type: ignore[attr-defined]


class SelfForm(VersionedForm):
    """自评: each line that counts is confirmed or disputed."""

    def __init__(self, *args: Any, lines: Iterable[RatingLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [line.code for line in lines if line.state in COUNTING]
        for line in lines:
            if line.state in COUNTING:
                self._add(line)

    def _add(self, line: RatingLine) -> None:
        self.add_field(
            f"word_{line.code}",
            forms.ChoiceField(
                label=f"{line.code} 自评",
                choices=SelfWord.choices,
                initial=line.word or SelfWord.CONFIRMED,
                widget=forms.Select(attrs={"class": "form-select pp-select-s"}),
            ),
        )
        self.add_field(
            f"text_{line.code}",
            forms.CharField(
                label=f"{line.code} 说明",
                required=False,
                max_length=300,
                initial=line.self_text,
                widget=forms.Textarea(attrs=_TWO),
            ),
        )

    @property
    def said(self) -> dict[str, Said]:
        """The society's word by line."""
        given = self.cleaned_data
        return {
            code: Said(given.get(f"word_{code}", ""), given.get(f"text_{code}", ""))
            for code in self.codes
        }


class OpinionField(forms.CharField):
    """Marked as asked for, but asked for by the step: what is kept meanwhile may lack it."""

    def validate(self, value: str) -> None:
        """The action says it is missing, together with what is wrong in the lines."""


class PointsForm(VersionedForm):
    """评定分 for each line, with the reason where it differs; the opinion beside."""

    opinion = OpinionField(
        label="初评说明",
        max_length=200,
        help_text="学会可见，不超过 200 字",
        widget=forms.Textarea(attrs={"rows": 4, "form": FORM}),
    )

    def __init__(
        self, *args: Any, lines: Iterable[RatingLine], examining: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if examining:
            self.fields["opinion"].label = "复核说明"
        self.lines = [line for line in lines if line.reviewed or line.state in COUNTING]
        for line in self.lines:
            self._add(line, examining)

    def _add(self, line: RatingLine, examining: bool) -> None:
        put = points_of(line, examined=examining)
        reason = line.re_reason if examining else line.assessed_reason
        if line.reviewed:
            self._add_reviewed(line, put)
        else:
            self.add_field(
                f"points_{line.code}",
                forms.DecimalField(
                    label=f"{line.code} 评定分",
                    required=False,
                    max_digits=5,
                    decimal_places=2,
                    initial=(line.points if put is None else put).quantize(CENT),
                    widget=forms.NumberInput(attrs={"class": "form-control text-end pp-input-s"}),
                ),
            )
        self.add_field(
            f"reason_{line.code}",
            forms.CharField(
                label=f"{line.code} 理由",
                required=False,
                max_length=300,
                initial=reason,
                widget=forms.Textarea(attrs=_TWO),
            ),
        )

    def _add_reviewed(self, line: RatingLine, put: Decimal | None) -> None:
        shares = [(line.maximum * n / 4).quantize(CENT) for n in range(5)]
        self.add_field(
            f"points_{line.code}",
            forms.TypedChoiceField(
                label=f"{line.code} 评定分",
                required=False,
                coerce=Decimal,
                empty_value=None,
                choices=[("", "请选择"), *((str(points), str(points)) for points in shares)],
                initial="" if put is None else str(put.quantize(CENT)),
                widget=forms.Select(attrs={"class": "form-select pp-select-s"}),
            ),
        )
        self.add_field(
            f"concluded_{line.code}",
            forms.BooleanField(label="有结项的项目", required=False, initial=line.concluded),
        )

    @property
    def puts(self) -> dict[str, Put]:
        """What is put in the place of each line."""
        given = self.cleaned_data
        return {
            line.code: Put(
                given.get(f"points_{line.code}"),
                given.get(f"reason_{line.code}", ""),
                bool(given.get(f"concluded_{line.code}")),
            )
            for line in self.lines
        }
