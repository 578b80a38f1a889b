"""The navigation: one list of entries, each shown to those whom its page opens for.

It shows only what exists: an entry is added together with its page.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch

from dashboards.menu import NAVIGATION, Entry
from societies.access import Actor


@dataclass(frozen=True)
class Link:
    """An entry as the template prints it."""

    url: str
    icon: str
    label: str
    current: bool


@dataclass(frozen=True)
class Group:
    """A heading and its links; the first group has no heading."""

    label: str
    links: tuple[Link, ...]


def address(entry: Entry, actor: Actor) -> str:
    """The entry's address, or nothing: a missing page must not break every other page."""
    try:
        return entry.url(actor)
    except NoReverseMatch:
        return ""


def navigation(actor: Actor, here: str) -> tuple[Group, ...]:
    """The groups of links for an actor; the closest entry to the view `here` is current."""
    shown = [
        (label, entry, url)
        for label, entries in NAVIGATION
        for entry in entries
        if entry.shown_to(actor) and (url := address(entry, actor))
    ]
    closest = max((entry.match(here) for _, entry, _ in shown), default=0)
    groups = []
    for label, _ in NAVIGATION:
        links = tuple(
            Link(url, entry.icon, entry.label, bool(closest) and entry.match(here) == closest)
            for group, entry, url in shown
            if group == label
        )
        if links:
            groups.append(Group(label, links))
    return tuple(groups)
