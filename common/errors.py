"""How an action says no. Views turn these into messages at fields, 403 and 409 pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NON_FIELD = "__all__"


class ActionRefused(Exception):
    """An action refused its input; `errors` maps field names (or NON_FIELD) to Chinese messages."""

    def __init__(self, errors: Mapping[str, Sequence[str]] | str) -> None:
        if isinstance(errors, str):
            errors = {NON_FIELD: [errors]}
        self.errors: dict[str, list[str]] = {k: list(v) for k, v in errors.items()}
        super().__init__("；".join(m for messages in self.errors.values() for m in messages))


class NotAllowed(Exception):
    """The acting appointment lacks the right, or the user already acted in another column."""


class Conflict(Exception):
    """Somebody else changed the row since it was read; nothing was written."""
