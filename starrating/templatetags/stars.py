"""`{% stars n most %}`: official stars with their number in words; never for a computed score."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
_NUMERALS = "零一二三四五六七八九十"
SPRITE = "vendor/icons/sprite.svg"


def words(count: int) -> str:
    """四星."""
    return f"{_NUMERALS[count]}星" if count < len(_NUMERALS) else f"{count} 星"


@register.simple_tag
def stars(count: int, most: int = 5) -> SafeString:
    """The stars as drawings, decoration, and their number in words."""
    drawn = format_html_join(
        "",
        '<svg class="{}"><use href="{}#i-star"></use></svg>',
        (("on" if n < count else "", static(SPRITE)) for n in range(most)),
    )
    return format_html(
        '<span class="pp-nw"><span class="pp-stars" aria-hidden="true">{}</span>'
        ' <span class="pp-sm">{}</span></span>',
        drawn,
        words(count),
    )
