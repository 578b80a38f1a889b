"""Who asked for a restatement is a column, so that the database keeps the four eyes (R-ROLE-02)."""

import common.operations
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# Who asked stood in the version's first step alone. Accepted versions are filled too, so their
# guard steps aside for this one statement; the checks of foreign keys that it leaves for the end
# are made at once, or PostgreSQL would not add constraints in the same transaction.
GUARD = "pgtrigger_accepted_is_immutable_61315"
FILL = f"""
ALTER TABLE ledgers_ledger DISABLE TRIGGER {GUARD};
UPDATE ledgers_ledger l SET restated_by_id = s.by_id FROM ledgers_ledgerstep s
 WHERE s.ledger_id = l.id AND s.from_state = '' AND l.version > 1;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE ledgers_ledger ENABLE TRIGGER {GUARD};
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ledgers', '0002_review_clock'),
        ('societies', '0006_life'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='ledger',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ledger',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ledger',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='lockexception',
            name='lock_exception_granted_has_all_steps',
        ),
        migrations.AddField(
            model_name='ledger',
            name='restated_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ledgerevent',
            name='restated_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='ledgeredition',
            name='valid_from',
            field=models.DateField(help_text='截止日不早于此日的期次适用', verbose_name='适用自'),
        ),
        migrations.AlterField(
            model_name='ledgereditionevent',
            name='valid_from',
            field=models.DateField(help_text='截止日不早于此日的期次适用', verbose_name='适用自'),
        ),
        common.operations.Together([
        pgtrigger.migrations.AddTrigger(
            model_name='ledger',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "ledgers_ledgerevent" ("changes_count", "counted_filed_at", "decided_at", "decided_by_id", "first_filed_at", "id", "number", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "register_differences", "restated_by_id", "restatement_reason", "return_reason", "returned_at", "returned_by_id", "returned_by_stage", "reviewed_at", "reviewed_by_id", "row_version", "sent_at", "sent_by_id", "signed_at", "signed_by_id", "society_id", "state", "version") SELECT new_values."changes_count", new_values."counted_filed_at", new_values."decided_at", new_values."decided_by_id", new_values."first_filed_at", new_values."id", new_values."number", new_values."period_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."register_differences", new_values."restated_by_id", new_values."restatement_reason", new_values."return_reason", new_values."returned_at", new_values."returned_by_id", new_values."returned_by_stage", new_values."reviewed_at", new_values."reviewed_by_id", new_values."row_version", new_values."sent_at", new_values."sent_by_id", new_values."signed_at", new_values."signed_by_id", new_values."society_id", new_values."state", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ed8dcb2c19500cda8f2331abc30b2e123e4bd341', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_54252', referencing='REFERENCING NEW TABLE AS new_values ', table='ledgers_ledger', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledger',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "ledgers_ledgerevent" ("changes_count", "counted_filed_at", "decided_at", "decided_by_id", "first_filed_at", "id", "number", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "register_differences", "restated_by_id", "restatement_reason", "return_reason", "returned_at", "returned_by_id", "returned_by_stage", "reviewed_at", "reviewed_by_id", "row_version", "sent_at", "sent_by_id", "signed_at", "signed_by_id", "society_id", "state", "version") SELECT new_values."changes_count", new_values."counted_filed_at", new_values."decided_at", new_values."decided_by_id", new_values."first_filed_at", new_values."id", new_values."number", new_values."period_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."register_differences", new_values."restated_by_id", new_values."restatement_reason", new_values."return_reason", new_values."returned_at", new_values."returned_by_id", new_values."returned_by_stage", new_values."reviewed_at", new_values."reviewed_by_id", new_values."row_version", new_values."sent_at", new_values."sent_by_id", new_values."signed_at", new_values."signed_by_id", new_values."society_id", new_values."state", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='046fe17bf66ab0d524ebb1438e0c30b932559cea', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_eaa51', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='ledgers_ledger', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledger',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "ledgers_ledgerevent" ("changes_count", "counted_filed_at", "decided_at", "decided_by_id", "first_filed_at", "id", "number", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "register_differences", "restated_by_id", "restatement_reason", "return_reason", "returned_at", "returned_by_id", "returned_by_stage", "reviewed_at", "reviewed_by_id", "row_version", "sent_at", "sent_by_id", "signed_at", "signed_by_id", "society_id", "state", "version") SELECT old_values."changes_count", old_values."counted_filed_at", old_values."decided_at", old_values."decided_by_id", old_values."first_filed_at", old_values."id", old_values."number", old_values."period_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."register_differences", old_values."restated_by_id", old_values."restatement_reason", old_values."return_reason", old_values."returned_at", old_values."returned_by_id", old_values."returned_by_stage", old_values."reviewed_at", old_values."reviewed_by_id", old_values."row_version", old_values."sent_at", old_values."sent_by_id", old_values."signed_at", old_values."signed_by_id", old_values."society_id", old_values."state", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='21070f23873a541a38b5a9e274edf068d0b9702f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_41059', referencing='REFERENCING OLD TABLE AS old_values ', table='ledgers_ledger', when='AFTER')),
        ),
        ]),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='ledger',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('restated_by__isnull', True), ('version', 1)), models.Q(('restated_by__isnull', False), ('version__gt', 1)), _connector='OR'), name='ledger_restatement_has_asker'),
        ),
        migrations.AddConstraint(
            model_name='ledger',
            constraint=models.CheckConstraint(condition=models.Q(('restated_by__isnull', True), ('signed_by__isnull', True), models.Q(('restated_by', models.F('signed_by')), _negated=True), _connector='OR'), name='ledger_restated_is_not_signed', violation_error_message='填报、审签、审核、决定须由不同的人办理'),
        ),
        migrations.AddConstraint(
            model_name='ledger',
            constraint=models.CheckConstraint(condition=models.Q(('restated_by__isnull', True), ('reviewed_by__isnull', True), models.Q(('restated_by', models.F('reviewed_by')), _negated=True), _connector='OR'), name='ledger_restated_is_not_reviewed', violation_error_message='填报、审签、审核、决定须由不同的人办理'),
        ),
        migrations.AddConstraint(
            model_name='ledger',
            constraint=models.CheckConstraint(condition=models.Q(('restated_by__isnull', True), ('decided_by__isnull', True), models.Q(('restated_by', models.F('decided_by')), _negated=True), _connector='OR'), name='ledger_restated_is_not_decided', violation_error_message='填报、审签、审核、决定须由不同的人办理'),
        ),
        migrations.AddConstraint(
            model_name='lockexception',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('requested_by__isnull', False), ('state', 'requested')), models.Q(('countersigned_by__isnull', False), ('requested_by__isnull', False), ('state', 'countersigned')), models.Q(('countersigned_by__isnull', False), ('requested_by__isnull', False), ('reviewed_by__isnull', False), ('state', 'reviewed')), models.Q(('countersigned_by__isnull', False), ('decided_by__isnull', False), ('requested_by__isnull', False), ('reviewed_by__isnull', False), ('state', 'granted')), models.Q(('countersigned_by__isnull', False), ('decided_by__isnull', False), ('requested_by__isnull', False), ('reviewed_by__isnull', False), ('state', 'refused')), _connector='OR'), name='lock_exception_has_its_steps'),
        ),
        migrations.AddConstraint(
            model_name='lockexception',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('refusal_reason', ''), _negated=True), _connector='OR'), name='lock_exception_refused_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='lockexception',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('requested_at__isnull', True), ('requested_by__isnull', True)), models.Q(('requested_at__isnull', False), ('requested_by__isnull', False)), _connector='OR'), name='lock_exception_requested', violation_error_message='办理环节不完整'),
        ),
        migrations.AddConstraint(
            model_name='lockexception',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('countersigned_at__isnull', True), ('countersigned_by__isnull', True)), models.Q(('countersigned_at__isnull', False), ('countersigned_by__isnull', False)), _connector='OR'), name='lock_exception_countersigned', violation_error_message='办理环节不完整'),
        ),
        migrations.AddConstraint(
            model_name='lockexception',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', True), ('reviewed_by__isnull', True)), models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False)), _connector='OR'), name='lock_exception_reviewed', violation_error_message='办理环节不完整'),
        ),
        migrations.AddConstraint(
            model_name='lockexception',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='lock_exception_decided', violation_error_message='办理环节不完整'),
        ),
    ]
