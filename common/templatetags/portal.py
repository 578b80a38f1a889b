"""Tags and filters of every template (builtins). No domain noun; nothing marks data as safe.

`static` is among them, so that templates need no load tag.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import do_static, static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.status import KINDS, kind_of

register = template.Library()
register.tag("static", do_static)

SPRITE = "vendor/icons/sprite.svg"
MISSING = "—"
TICK_STEP = 5


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """One icon of the sprite. Decoration only: words stand beside it, or an aria-label."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#i-{}"></use></svg>',
        css,
        static(SPRITE),
        name,
    )


@register.simple_tag
def st(kind: str, label: object, tag: bool = True) -> SafeString:
    """A status with shape, word and colour; `tag` false leaves out the tinted ground.

    kind is one of common.status.KINDS. For a plain status word `{% status %}` finds the kind.
    """
    if kind not in KINDS:
        raise template.TemplateSyntaxError(f"unknown kind of status: {kind!r}")
    ground = " pp-tag" if tag else ""
    return format_html('<span class="pp-st pp-st--{}{}">{}</span>', kind, ground, label)


@register.simple_tag
def status(word: object, tag: bool = True) -> SafeString:
    """A status word in its own colour (common.status); KeyError for an unknown word."""
    return st(kind_of(str(word)), word, tag)


@register.simple_tag
def meter(percent: float | Decimal | str, target: int | None = None, kind: str = "") -> SafeString:
    """A bar beside a printed number, so the bar itself is decoration.

    percent: 0 to 100. target: a tick there, in steps of 5. kind: "", "ok" or "gold".
    """
    if target is not None and target % TICK_STEP:
        raise template.TemplateSyntaxError("a tick stands at a multiple of 5")
    tick = "" if target is None else format_html('<b class="pp-at-{}"></b>', target)
    return format_html(
        '<span class="pp-meter{}" aria-hidden="true">'
        '<progress value="{}" max="100"></progress>{}</span>',
        f" pp-meter--{kind}" if kind else "",
        f"{float(percent):.2f}",
        tick,
    )


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's query string with some parameters replaced; None or "" removes one.

    Changing anything else drops `page`: page 7 of another selection means nothing.
    """
    params = context["request"].GET.copy()
    if "page" not in changes:
        params.pop("page", None)
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        elif isinstance(value, list | tuple):
            params.setlist(name, [str(each) for each in value])
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.filter
def thousands(value: Any) -> str:
    """1234 as 1,234; a dash for no value. Decimals keep their places, words stay as they are."""
    if value is None or value == "":
        return MISSING
    return value if isinstance(value, str) else f"{value:,}"


@register.filter
def percent(value: Any, digits: int = 1) -> str:
    """A percentage given in percent: 87.25 as 87.3%; a dash for no value. Half is rounded up."""
    if value is None or value == "":
        return MISSING
    step = Decimal(1).scaleb(-int(digits))
    return f"{Decimal(str(value)).quantize(step, ROUND_HALF_UP)}%"


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Any, unit: str = "条") -> dict[str, Any]:
    """The line under a list: which rows, of how many, page size, pages. `page` is a Page."""
    paginator = page.paginator
    return {
        "request": context["request"],
        "page": page,
        "unit": unit,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "sizes": (20, 50, 100),
        "hidden": [
            (name, value)
            for name, values in context["request"].GET.lists()
            if name not in ("page", "size")
            for value in values
        ],
    }


@register.inclusion_tag("components/errsum.html")
def errsum(form: Any, *more: Any, title: str = "") -> dict[str, Any]:
    """The error summary of one or more forms: same words as at the fields, each a link."""
    rows: list[tuple[str, str]] = []
    for each in (form, *more):
        if not each.is_bound:
            continue
        rows += [("", str(error)) for error in each.non_field_errors()]
        for field in each:
            rows += [(field.id_for_label or field.auto_id, str(error)) for error in field.errors]
    return {"rows": rows, "title": title}
