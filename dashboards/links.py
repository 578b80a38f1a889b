"""Addresses of other rooms' pages."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse


def address(view: str, *args: Any, **query: str) -> str:
    """The page's address with a query string; nothing where there is no such page."""
    try:
        return reverse(view, args=args, query=query or None)
    except NoReverseMatch:
        return ""
