"""Removing the demonstration: every row below its federation, and its people.

The change log stays append-only: it keeps what the old demonstration was, and the removal itself is
written into it like any other. Only the triggers that keep accepted ledgers and the history of
their steps are lifted, in this one transaction.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models, transaction

from accounts.models import PasswordRecord, PortalSession, User
from common.locks import wait_lock
from coverage.night import lock_name
from dashboards.demo.accounts import demo_usernames
from dashboards.demo.facts import LOCK
from dashboards.demo.statistics import analyze
from dashboards.demo.world import demo_federation
from societies.models import Appointment, Federation

ROOMS = ("societies", "branches", "ledgers", "coverage", "starrating", "training", "supervision")
LIFTED = (
    *("accepted_is_immutable", "insert_only"),
    *("frozen_stays", "issued_stays", "signed_stays", "sent_stays"),
)


def remove() -> int:
    """Remove the demonstration's federation and accounts; how many rows. 0 if there is none."""
    federation = demo_federation()
    with transaction.atomic(), pgtrigger.ignore(*_lifted()):
        wait_lock(LOCK)
        removed = 0
        if federation is not None:
            wait_lock(lock_name(federation.pk))
            # A table that the planner takes for empty makes one of the deletions take minutes.
            analyze(ROOMS)
            removed += sum(_delete(rows) for rows in _below(federation))
        users = User.objects.filter(username__in=demo_usernames())
        for model in (PasswordRecord, PortalSession, Appointment):
            removed += _delete(model._default_manager.filter(user__in=users))
        return removed + _delete(users)


def _below(federation: Federation) -> list[models.QuerySet[Any]]:
    """The rows of every model that hang on the federation, those that lean on others first."""
    found = {model: _path(model) for model in _own_models()}
    reached = {model: path for model, path in found.items() if path}
    return [m._base_manager.filter(**{reached[m]: federation.pk}) for m in _leaning_first(reached)]


def _own_models() -> list[Any]:
    return [
        model
        for label in ROOMS
        for model in apps.get_app_config(label).get_models()
        if not hasattr(model, "pgh_tracked_model")
    ]


def _path(model: Any) -> str:
    """The shortest way to the federation over keys that are always filled, else over any."""
    return _way(model, nullable=False) or _way(model, nullable=True)


def _way(model: Any, *, nullable: bool) -> str:
    waiting: deque[tuple[Any, str]] = deque([(model, "")])
    seen = set()
    while waiting:
        here, path = waiting.popleft()
        if here is Federation:
            return f"{path}pk"
        if here not in seen:
            seen.add(here)
            keys = [key for key in _foreign_keys(here) if nullable or not key.null]
            waiting.extend((key.related_model, f"{path}{key.name}__") for key in keys)
    return ""


def _foreign_keys(model: Any) -> list[Any]:
    """Keys to rows of the rooms; people belong to nobody."""
    fields = [f for f in model._meta.concrete_fields if f.is_relation]
    return [f for f in fields if f.related_model._meta.app_label in ROOMS]


def _leaning_first(reached: dict[Any, str]) -> list[Any]:
    """An order in which no row is removed while another one still names it."""
    left, order = list(reached), []
    while left:
        named = {f.related_model for m in left for f in _foreign_keys(m) if f.related_model != m}
        free = [model for model in left if model not in named]
        if not free:
            raise LookupError(f"models that name each other: {left}")
        order += free
        left = [model for model in left if model not in free]
    return order


def _lifted() -> list[str]:
    return [
        f"{model._meta.label}:{trigger.name}"
        for model in _own_models()
        for trigger in getattr(model._meta, "triggers", ())
        if trigger.name in LIFTED
    ]


def _delete(rows: models.QuerySet[Any]) -> int:
    """One statement: the order has seen to what the rows hang on."""
    return int(rows._raw_delete(rows.db))
