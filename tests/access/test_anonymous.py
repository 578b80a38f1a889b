"""S16: what a stranger may open is a frozen list; a new address on it fails here."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

LIST = Path(__file__).with_name("anonymous_urls.txt")
SAMPLE = {"IntConverter": "1", "UUIDConverter": "00000000-0000-0000-0000-000000000000"}


def addresses(patterns: list, prefix: str = "/") -> list[str]:
    """Every address of the resolver, placeholders filled with something of their type."""
    found = []
    for entry in patterns:
        part = str(entry.pattern)
        for name, converter in entry.pattern.converters.items():
            kind = type(converter).__name__
            for written in (f"<{kind[:-9].lower()}:{name}>", f"<{name}>"):
                part = part.replace(written, SAMPLE.get(kind, "a"))
        if isinstance(entry, URLResolver):
            found += addresses(entry.url_patterns, prefix + part)
        elif isinstance(entry, URLPattern):
            found.append(prefix + part)
    return found


@pytest.mark.django_db
def test_addresses_open_to_anonymous_are_the_frozen_list():
    client = Client(raise_request_exception=False)
    walked = addresses(get_resolver().url_patterns)
    assert not [address for address in walked if "<" in address or "(" in address]
    answers = {address: client.get(address).status_code for address in walked}
    assert not [address for address, status in answers.items() if status >= 500]
    assert sorted(a for a, status in answers.items() if status == 200) == (
        LIST.read_text("utf-8").split()
    )


@pytest.mark.django_db
def test_nothing_but_signing_in_takes_an_anonymous_post():
    client = Client(raise_request_exception=False)
    answers = {a: client.post(a).status_code for a in addresses(get_resolver().url_patterns)}
    assert sorted(a for a, status in answers.items() if status < 300) == []


@pytest.mark.django_db
def test_the_walk_finds_an_open_page(settings):
    """Negative control: a view without a guard is seen."""
    settings.ROOT_URLCONF = "tests.societies.probe_urls"
    opened = [
        a
        for a in addresses(get_resolver().url_patterns)
        if Client(raise_request_exception=False).get(a).status_code == 200
    ]
    assert "/plain" in opened
    assert "/edit" not in opened
