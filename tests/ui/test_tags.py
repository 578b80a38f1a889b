"""Tags and filters: what they print, and that nothing handed to them becomes markup."""

from decimal import Decimal

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError

PAYLOAD = '"><script>x</script>'


def show(source, request=None, **context):
    """A template string rendered with the builtins."""
    return Template(source).render(Context(context | {"request": request}))


@pytest.mark.parametrize(
    "source",
    ["{% icon x %}", "{% icon 'x' x %}", "{% st 'ok' x %}", "{{ x|thousands }}"],
)
def test_data_is_escaped(source):
    assert "<script>" not in show(source, x=PAYLOAD)


def test_icon_names_the_sprite():
    assert "/static/vendor/icons/sprite.svg#i-home" in show('{% icon "home" %}')


def test_status_shapes():
    assert (
        show('{% st "warn" "待审签" %}') == '<span class="pp-st pp-st--warn pp-tag">待审签</span>'
    )
    assert show('{% status "已建" False %}') == '<span class="pp-st pp-st--ok">已建</span>'
    with pytest.raises(TemplateSyntaxError):
        show('{% st "green" "x" %}')
    with pytest.raises(KeyError):
        show('{% status "谁也没登记的词" %}')


def test_meter():
    html = show('{% meter 62.5 80 "ok" %}')
    assert "pp-meter--ok" in html and 'value="62.50"' in html and '<b class="pp-at-80">' in html
    with pytest.raises(TemplateSyntaxError):
        show("{% meter 62.5 81 %}")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1234567, "1,234,567"), (Decimal("1234.50"), "1,234.50"), (0, "0"), (None, "—"), ("无", "无")],
)
def test_thousands(value, expected):
    assert show("{{ v|thousands }}", v=value) == expected


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (Decimal("87.25"), 1, "87.3%"),
        (Decimal("99.995"), 2, "100.00%"),
        (0, 1, "0.0%"),
        (None, 1, "—"),
        (50, 0, "50%"),
    ],
)
def test_percent(value, digits, expected):
    """Half is rounded up: 87.25 is 87.3, not the banker's 87.2."""
    assert show("{{ v|percent:d }}", v=value, d=digits) == expected


def test_query_replaces_and_drops_the_page(rf):
    request = rf.get("/?q=医学&discipline=medicine&page=7")
    assert (
        show("{% query sort='name' %}", request)
        == "?q=%E5%8C%BB%E5%AD%A6&amp;discipline=medicine&amp;sort=name"
    )
    assert show("{% query page=8 q=None %}", request) == "?discipline=medicine&amp;page=8"


def test_pager_keeps_the_filters(rf):
    page = Paginator(range(205), 20).get_page(3)
    html = show('{% pager page "家" %}', rf.get("/?q=x&page=3&size=20"), page=page)
    assert "第 41–60 家，共 205 家" in html and 'name="q" value="x"' in html
    assert 'href="?q=x&amp;page=4&amp;size=20"' in html and 'aria-current="page">3<' in html


def test_sortable_head(rf):
    source = '{% include "components/sort_th.html" with key="name" label="学会" %}'
    assert 'aria-sort="ascending"' in show(source, rf.get("/"), sort="name")
    assert 'href="?sort=-name"' in show(source, rf.get("/"), sort="name")
    assert "aria-sort" not in show(source, rf.get("/"), sort="founded")
