"""Posting a section's form the way a browser does."""

import html
import json
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from common.once import new_token
from ledgers.models import Ledger


def url(ledger: Ledger, number: int, name: str = "section") -> str:
    return reverse(f"ledgers:{name}", args=[ledger.pk, number])


def field_of(page: HttpResponse, name: str) -> str:
    """The value of a hidden or text input of a page."""
    found = re.search(rf'name="{re.escape(name)}" [^>]*?value="([^"]*)"', page.content.decode())
    assert found, name
    return html.unescape(found[1])


def lock_of(page: HttpResponse) -> dict[str, str]:
    """What the page's form would send along: lock number, texts it was made with, token."""
    return {
        "row_version": field_of(page, "row_version"),
        "base": field_of(page, "base"),
        "form_token": new_token(),
    }


def save(client: Client, ledger: Ledger, number: int, htmx: bool = False, **changed: Any) -> Any:
    """Open a section, change some controls and send the whole form."""
    page = client.get(url(ledger, number))
    return send(client, ledger, number, page, htmx, **changed)


def send(
    client: Client, ledger: Ledger, number: int, page: Any, htmx: bool = False, **changed: Any
) -> Any:
    """Send a page opened before, with some controls changed."""
    lock = lock_of(page)
    data = {k: v for k, v in json.loads(lock["base"]).items() if v} | lock | changed
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(url(ledger, number), data, headers=headers)


def text(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())
