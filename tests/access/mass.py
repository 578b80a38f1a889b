"""Posting what no form declares: what a request wrote, and the fields it should not know."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.urls import reverse

from ledgers.catalogue import fields_of
from tests.access.bodies import body
from tests.access.cases import said
from tests.access.places import FAR, OWN
from tests.access.table import LINES, Line
from tests.access.world import World
from tests.structure.test_models import own_models

# Never the business of a form: the key of the form itself, sessions, former passwords.
ASIDE = {"common.FormToken", "accounts.PortalSession", "accounts.PasswordRecord"}
GUESSED = ("pk", "id", "owner", "by", "now", "actor", "role", "is_superuser", "is_active")

# An address without a page of its own → the page whose form it keeps.
SHOWN_BY = {"branches:life_draft": "branches:life_file"}

Rows = dict[str, list[tuple[Any, ...]]]
Known = dict[Any, set[int]]


def known() -> Known:
    """The keys that exist before anything is posted."""
    return {m: set(m._base_manager.values_list("pk", flat=True)) for m in own_models()}


def rows(keys: Known) -> Rows:
    """Every row of the rooms without its key and moments; keys of new rows read "new"."""
    return {m._meta.label: _rows(m, keys) for m in own_models() if m._meta.label not in ASIDE}


def _rows(model: type[models.Model], keys: Known) -> list[tuple[Any, ...]]:
    fields = [f for f in model._meta.concrete_fields if not f.primary_key and not _stamped(f)]
    found = model._base_manager.values_list(*(f.attname for f in fields))
    plain = [
        tuple(_plain(field, value, keys) for field, value in zip(fields, row, strict=True))
        for row in found
    ]
    return sorted(plain, key=repr)


def _stamped(field: Any) -> bool:
    moment = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return moment or field.name in ("last_login", "password", "finished_at")


def _plain(field: Any, value: Any, keys: Known) -> Any:
    """A reference to a new row by that word, since its key differs from run to run."""
    if field.is_relation and value is not None and field.related_model in keys:
        return value if value in keys[field.related_model] else "new"
    return repr(bytes(value) if isinstance(value, memoryview) else value)


def smuggled(world: World, declared: set[str]) -> dict[str, Any]:
    """A value for every model field of the portal that the form does not declare."""
    found: dict[str, Any] = dict.fromkeys(GUESSED, world.holdings[FAR].society.pk)
    for model in own_models():
        for field in model._meta.concrete_fields:
            for name in {field.name, field.attname}:
                found[name] = _value(world, field)
    return {name: value for name, value in found.items() if name not in declared}


def _value(world: World, field: Any) -> Any:
    if field.is_relation:
        far = world.holdings[FAR].society
        return far.federation_id if field.name == "federation" else far.pk
    if field.choices:
        return field.choices[-1][0]
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.DateField):
        return "2001-01-01"
    return "ZQMASS" if isinstance(field, models.CharField | models.TextField) else "77"


def declared(world: World, line: Line) -> set[str]:
    """What the form says it takes, by the page that shows it; "note" is a table's 变动说明."""
    names = set(body(world, line.name, OWN, line.doer))
    if line.kind == "section":  # a button of a ledger's table sends the table along
        rules = world.holdings[OWN].objects["ledger"].period.edition.rules
        names |= {spec.name for spec in fields_of("operations", rules)}
    page = SHOWN_BY.get(line.name, line.name)
    if any(each.name == page and each.method == "GET" for each in LINES):
        url = reverse(page, kwargs=world.target(line.kind, OWN))
        context = world.browser(line.doer).get(url).context
        form = context and context.get("form")
        names |= set(form.fields) if form is not None else set()
    return names | {"csrfmiddlewaretoken", "note"}


def written(world: World, line: Line, more: dict[str, Any], keys: Known) -> tuple[str, Rows]:
    """The answer and every row after the body and something more was posted; taken back."""
    url = reverse(line.name, kwargs=world.target(line.kind, OWN))
    with transaction.atomic():
        sent = more | body(world, line.name, OWN, line.doer)
        answer = said(world.browser(line.doer).post(url, sent))
        found = rows(keys)
        transaction.set_rollback(True)
    return answer, found


def differences(world: World, line: Line) -> list[str]:
    """The models in which the smuggled fields made a difference."""
    keys = known()
    plain, before = written(world, line, {}, keys)
    answer, after = written(world, line, smuggled(world, declared(world, line)), keys)
    if plain != answer:
        return [f"{line}: {plain} became {answer}"]
    return [label for label in before if before[label] != after[label]]
