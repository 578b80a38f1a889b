"""Addresses have one habit: those of pages and actions end with a slash."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

PROBES = {"healthz"}  # asked for by machines, named as they expect it


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


def test_addresses_end_with_a_slash():
    found = set(addresses(get_resolver()))
    assert len(found) > 50
    assert {route for route in found if route and not route.endswith("/")} == PROBES
