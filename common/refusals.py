"""What the database or a model refuses, said at the form's field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from common.errors import NON_FIELD, ActionRefused


@contextmanager
def refusals(*kinds: type[models.Model], fields: Mapping[str, str] | None = None) -> Iterator[None]:
    """Turn a broken constraint of these models, found by Django or by PostgreSQL, into a refusal.

    fields: constraint or model field name → the field of the form that the message belongs to;
    others stand above the form. The block runs in a savepoint, so the transaction lives on.
    Raises ActionRefused; an unknown constraint stays an IntegrityError: a fault of ours.
    """
    places = fields or {}
    try:
        with transaction.atomic():
            yield
    except ValidationError as error:
        raise ActionRefused(_said_by_models(error, kinds, places)) from error
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        message = _messages(kinds).get(name)
        if message is None:
            raise
        raise ActionRefused({places.get(name, NON_FIELD): [message]}) from error


def _messages(kinds: tuple[type[models.Model], ...]) -> dict[str, str]:
    return {
        c.name: str(c.get_violation_error_message())
        for kind in kinds
        for c in kind._meta.constraints
    }


def _said_by_models(
    error: ValidationError, kinds: tuple[type[models.Model], ...], places: Mapping[str, str]
) -> dict[str, list[str]]:
    """Messages by form field; a constraint's message is recognised by its text."""
    by_text = {message: name for name, message in _messages(kinds).items()}
    found: dict[str, list[str]] = {}
    by_field = getattr(error, "error_dict", None) or {NON_FIELD_ERRORS: [error]}
    for name, errors in by_field.items():
        for each in errors:
            message = _words(each, kinds, name)
            place = places.get(by_text.get(message, ""), "")
            place = place or places.get(name, NON_FIELD if name == NON_FIELD_ERRORS else name)
            found.setdefault(place, []).append(message)
    return found


def _words(error: ValidationError, kinds: tuple[type[models.Model], ...], name: str) -> str:
    """A missing value is asked for by name; everything else says what is wrong itself."""
    if error.code in ("blank", "null"):
        labels = [str(f.verbose_name) for k in kinds for f in k._meta.fields if f.name == name]
        return f"请填写{next(iter(labels), '')}"
    return "；".join(error.messages)
