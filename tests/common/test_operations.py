"""Operations of migrations taken together leave what each by itself would."""

from django.apps import apps
from django.db import models
from django.db.migrations import CreateModel
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

from common.operations import Together


def tables():
    key = ("id", models.BigAutoField(primary_key=True))
    to_one = ("one", models.ForeignKey("x.One", on_delete=models.CASCADE))
    return [CreateModel("One", [key]), CreateModel("Two", [key, to_one])]


def test_what_was_rendered_before_knows_the_new_models():
    together, apart = ProjectState(), ProjectState()
    for state in (together, apart):
        assert not state.apps.get_models()
    Together(tables()).state_forwards("x", together)
    for operation in tables():
        operation.state_forwards("x", apart)
    assert together == apart
    for state in (together, apart):
        one, two = (state.apps.get_model("x", name) for name in ("one", "two"))
        assert two._meta.get_field("one").related_model is one


def test_only_tables_or_triggers_are_taken_together():
    """Each must be content with the state that all of them leave; a field added would not be."""
    own = {config.label for config in apps.get_app_configs() if "site-packages" not in config.path}
    migrations = MigrationLoader(None).disk_migrations.items()
    groups = [
        operation
        for (label, _), migration in migrations
        if label in own
        for operation in migration.operations
        if isinstance(operation, Together)
    ]
    assert len(groups) > 10
    for group in groups:
        kinds = {type(operation) for operation in group.operations}
        assert kinds in ({CreateModel}, {AddTrigger})
