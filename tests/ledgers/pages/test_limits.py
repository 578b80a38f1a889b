"""A control takes no more than its field: what is too long is seen while it is typed."""

import re

import pytest
from django.urls import reverse

from ledgers.catalogue import FIELDS
from ledgers.models import LedgerReturnRemark, LedgerState
from tests.factories.ledgers import make_ledger
from tests.ledgers.pages.helpers import url

pytestmark = pytest.mark.django_db
CONTROL = re.compile(r'<(?:input|textarea)(?=[^>]* name="(\w+)")[^>]*>')


def limits(page):
    """The limit of each text control by its name; "" where it has none."""
    return {
        found[1]: (re.search(r'maxlength="(\d+)"', found[0]) or ["", ""])[1]
        for found in CONTROL.finditer(page.content.decode())
    }


@pytest.mark.parametrize(("number", "section"), [(1, "operations"), (2, "staff")])
def test_the_tables_of_the_ledger(draft, cast, sign_in, number, section):
    shown = limits(sign_in(cast.clerk).get(url(draft, number)))
    asked = [field for field in FIELDS[section] if field.name in shown]
    assert asked
    for field in asked:
        assert shown[field.name] == (str(field.max_length) if field.max_length else ""), field.name
    assert shown["note"] == "500"


def test_the_words_of_a_return(society, period, cast, sign_in):
    filed = make_ledger(society, period, cast=cast, state=LedgerState.FILED)
    page = sign_in(cast.reviewer).get(reverse("ledgers:review", args=[filed.pk]))
    shown = limits(page)
    assert shown["remark_text"] == str(LedgerReturnRemark._meta.get_field("text").max_length)
