"""Operations of migrations taken together, so that a first start does not wait for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Together(Operation):
    """Operations of one kind in a row, such as tables to create or triggers to add.

    Django renders all related models anew after each operation, which made most of the first
    start; after these it does so once. Each must be content with the state that all of them leave:
    `CreateModel` with its constraints inside, `AddTrigger`. Not for `AddField` or data.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change the state by all; then render once what they touched."""
        rendered = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if rendered is not None:
            state.__dict__["apps"] = rendered
            names = {_model(operation).lower() for operation in self.operations}
            state.reload_models([(app_label, name) for name in sorted(names)])

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """In their order."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """In the opposite order."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What `migrate` prints."""
        return "; ".join(operation.describe() for operation in self.operations)


def _model(operation: Any) -> str:
    return getattr(operation, "model_name", None) or str(operation.name)
