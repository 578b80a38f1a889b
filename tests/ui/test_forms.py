"""Fields: label, hint, error and control belong together; messages say how to mend it."""

import datetime

import pytest
from django import forms
from django.template import Context, Template

from accounts.models import User
from common.forms import PortalForm

PAYLOAD = "<script>alert(1)</script>"


class Sample(PortalForm):
    """One field of each kind."""

    name = forms.CharField(label="名称", max_length=5, help_text="全称")
    founded = forms.DateField(label="成立日期")
    heads = forms.IntegerField(label="党员人数", min_value=0)
    share = forms.DecimalField(label="占比", max_digits=4, decimal_places=1)
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙")])
    tier = forms.ChoiceField(label="层级", choices=[("1", "一")], widget=forms.RadioSelect)
    read = forms.BooleanField(label="已阅读告知")
    who = forms.MultipleChoiceField(
        label="到会",
        choices=[("1", "甲")],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label="说明", required=False, max_length=9, widget=forms.Textarea)
    own = forms.CharField(label="文号", error_messages={"required": "没有文号的，填“无”"})


def html_of(form, name):
    """One rendered field."""
    return form[name].as_field_group()


def test_required_messages_name_the_field():
    errors = {name: rows[0] for name, rows in Sample({}).errors.items()}
    assert errors == {
        "name": "请填写名称",
        "founded": "请填写成立日期",
        "heads": "请填写党员人数",
        "share": "请填写占比",
        "kind": "请选择类别",
        "tier": "请选择层级",
        "read": "请勾选“已阅读告知”",
        "own": "没有文号的，填“无”",
    }


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("name", "六个字的名称", "名称不能超过 5 个字，现为 6 个字"),
        ("founded", "2026-02-30", "成立日期应为实际存在的日期，如 2026-11-20"),
        ("heads", "十二", "党员人数应为整数，如 12，不要带单位"),
        ("heads", "-1", "党员人数不能小于 0"),
        ("share", "12.55", "占比的小数不能超过 1 位"),
        ("kind", "c", "类别不在可选范围内，请重新选择"),
    ],
)
def test_messages_say_how_to_mend_it_and_nothing_typed_is_lost(name, typed, message):
    form = Sample({name: typed})
    assert form.errors[name] == [message]
    if name != "kind":
        assert f'value="{typed}"' in html_of(form, name)


@pytest.mark.parametrize(
    "typed", ["2026-11-20", "2026/11/20", "2026.11.20", "2026年11月20日", "2026 年 11 月 20 日"]
)
def test_dates_as_people_write_them(typed):
    form = Sample({"founded": typed})
    form.is_valid()
    assert form.cleaned_data["founded"] == datetime.date(2026, 11, 20)


def test_error_is_tied_to_its_control():
    html = html_of(Sample({}), "name")
    assert 'id="id_name_error"' in html and 'id="id_name_helptext"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html and "pp-field--error" in html
    assert '<label for="id_name" class="form-label">' in html


def test_a_field_without_error_says_nothing():
    html = html_of(Sample({"name": "甲"}), "name")
    assert "aria-invalid" not in html and "_error" not in html and 'aria-required="true"' in html


@pytest.mark.parametrize(
    ("name", "markup"),
    [
        ("name", 'class="form-control"'),
        ("kind", 'class="form-select"'),
        ("note", '<textarea name="note"'),
        ("tier", '<fieldset class="pp-field" id="id_tier">'),
        ("read", 'class="form-check-input"'),
        ("who", '<div class="pp-people">'),
        ("founded", 'placeholder="如 2026-11-20"'),
        ("heads", 'inputmode="numeric"'),
    ],
)
def test_each_kind_of_control(name, markup):
    assert markup in html_of(Sample(), name)


def test_radio_pills_are_labelled():
    html = html_of(Sample(), "tier")
    assert '<div class="pp-pick">' in html and "<legend" in html
    assert '<label for="id_tier_0">' in html and "<span>一</span>" in html


def test_optional_fields_are_marked():
    assert "选填" in html_of(Sample(), "note") and "选填" not in html_of(Sample(), "name")


def test_typed_text_labels_and_hints_are_escaped():
    form = Sample({"name": PAYLOAD, "note": PAYLOAD})
    form.fields["name"].help_text = form.fields["name"].label = PAYLOAD
    assert PAYLOAD not in html_of(form, "name") + html_of(form, "note")
    assert "&lt;script&gt;" in html_of(form, "name")


def test_error_summary_uses_the_same_words_and_links_to_the_field():
    form = Sample({"name": "甲"})
    form.add_error(None, PAYLOAD)
    html = Template("{% errsum form %}").render(Context({"form": form}))
    assert '<a href="#id_founded">请填写成立日期</a>' in html
    assert "有 8 处需要修改" in html and PAYLOAD not in html
    assert Template("{% errsum form %}").render(Context({"form": Sample()})).strip() == ""


def test_radio_error_links_to_the_group():
    html = Template("{% errsum form %}").render(Context({"form": Sample({})}))
    assert '<a href="#id_tier">请选择层级</a>' in html


def test_a_field_added_for_the_rows_at_hand_speaks_like_the_declared_ones():
    """A browser empties a number input that holds letters: as text the words come back."""
    form = PortalForm({"points": "八分", "word": ""})
    form.add_field("points", forms.DecimalField(label="A1 评定分", decimal_places=2))
    form.add_field("word", forms.ChoiceField(label="A1 自评", choices=[("ok", "认可")]))
    assert form.errors["points"] == ["A1 评定分应为数字，如 12.5，不要带单位"]
    assert form.errors["word"] == ["请选择A1 自评"]
    assert 'type="text"' in str(form["points"])
    assert "八分" in str(form["points"])


@pytest.mark.django_db
@pytest.mark.parametrize(("required", "words"), [(True, "请选择"), (False, "未选")])
def test_a_choice_not_made_reads_as_words(required, words):
    class Chooser(PortalForm):
        user = forms.ModelChoiceField(
            label="初评人", queryset=User.objects.none(), required=required
        )

    html = str(Chooser()["user"])
    assert words in html
    assert "---" not in html


def test_a_long_paste_into_a_text_area_is_kept_and_answered():
    """Nothing typed is lost: the browser would cut it without a word."""
    typed = "一二三四五六七八九十"
    form = Sample({"note": typed})
    html = html_of(form, "note")
    assert "maxlength" not in html
    assert typed in html
    assert "说明不能超过 9 个字，现为 10 个字" in html
    assert 'maxlength="5"' in html_of(form, "name"), "one line is short"
