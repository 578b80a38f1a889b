"""A return says until when it may be mended; the returns made before are given their day (R-LED-08)."""

from django.db import migrations, models

from common.clock import day_of
from common.workdays import add_workdays
from ledgers.rules import parse_rules

# The steps' guard steps aside for the filling alone.
GUARD = "pgtrigger_insert_only_af67b"


def fill(apps, schema_editor):
    """The edition's working days after each return of a first filing by the committee."""
    step_model = apps.get_model("ledgers", "LedgerStep")
    steps = step_model.objects.filter(stage="committee", ledger__version=1)
    rows = list(steps.select_related("ledger__period__edition"))
    if not rows:
        return
    for step in rows:
        days = parse_rules(step.ledger.period.edition.content).deadlines.mend_workdays
        step.mend_until = add_workdays(day_of(step.at), days).day
    schema_editor.execute(f"ALTER TABLE ledgers_ledgerstep DISABLE TRIGGER {GUARD}")
    step_model.objects.bulk_update(rows, ["mend_until"], batch_size=500)
    schema_editor.execute(f"ALTER TABLE ledgers_ledgerstep ENABLE TRIGGER {GUARD}")


class Migration(migrations.Migration):

    dependencies = [
        ('ledgers', '0003_who_asked_and_locked'),
    ]

    operations = [
        migrations.AddField(
            model_name='ledgerstep',
            name='mend_until',
            field=models.DateField(blank=True, help_text='当日仍算改正', null=True, verbose_name='改正期限'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
