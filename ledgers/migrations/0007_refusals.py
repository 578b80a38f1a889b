"""The leader may refuse a proposal to close a period or to exempt a society (R-LED-10)."""

import common.operations
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledgers', '0006_abandoned'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='expectedfiling',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='expectedfiling',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='expectedfiling',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ledgerperiod',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ledgerperiod',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ledgerperiod',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='expectedfiling',
            name='exemption_refusal_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='不同意免报原因'),
        ),
        migrations.AddField(
            model_name='expectedfiling',
            name='exemption_refused_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='不同意免报时间'),
        ),
        migrations.AddField(
            model_name='expectedfiling',
            name='exemption_refused_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='expectedfiling',
            name='exemption_refused_proposer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='expectedfilingevent',
            name='exemption_refusal_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='不同意免报原因'),
        ),
        migrations.AddField(
            model_name='expectedfilingevent',
            name='exemption_refused_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='不同意免报时间'),
        ),
        migrations.AddField(
            model_name='expectedfilingevent',
            name='exemption_refused_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='expectedfilingevent',
            name='exemption_refused_proposer',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ledgerperiod',
            name='refusal_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='不同意定格原因'),
        ),
        migrations.AddField(
            model_name='ledgerperiod',
            name='refused_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='不同意定格时间'),
        ),
        migrations.AddField(
            model_name='ledgerperiod',
            name='refused_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ledgerperiod',
            name='refused_proposer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ledgerperiodevent',
            name='refusal_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='不同意定格原因'),
        ),
        migrations.AddField(
            model_name='ledgerperiodevent',
            name='refused_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='不同意定格时间'),
        ),
        migrations.AddField(
            model_name='ledgerperiodevent',
            name='refused_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ledgerperiodevent',
            name='refused_proposer',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        common.operations.Together([
        pgtrigger.migrations.AddTrigger(
            model_name='expectedfiling',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "ledgers_expectedfilingevent" ("exempt_reason", "exemption_decided_at", "exemption_decided_by_id", "exemption_proposed_at", "exemption_proposed_by_id", "exemption_refusal_reason", "exemption_refused_at", "exemption_refused_by_id", "exemption_refused_proposer_id", "id", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "society_id") SELECT new_values."exempt_reason", new_values."exemption_decided_at", new_values."exemption_decided_by_id", new_values."exemption_proposed_at", new_values."exemption_proposed_by_id", new_values."exemption_refusal_reason", new_values."exemption_refused_at", new_values."exemption_refused_by_id", new_values."exemption_refused_proposer_id", new_values."id", new_values."period_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."society_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='67ec53abf76df406ef466b132dc762c824b8fc37', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_02f53', referencing='REFERENCING NEW TABLE AS new_values ', table='ledgers_expectedfiling', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='expectedfiling',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "ledgers_expectedfilingevent" ("exempt_reason", "exemption_decided_at", "exemption_decided_by_id", "exemption_proposed_at", "exemption_proposed_by_id", "exemption_refusal_reason", "exemption_refused_at", "exemption_refused_by_id", "exemption_refused_proposer_id", "id", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "society_id") SELECT new_values."exempt_reason", new_values."exemption_decided_at", new_values."exemption_decided_by_id", new_values."exemption_proposed_at", new_values."exemption_proposed_by_id", new_values."exemption_refusal_reason", new_values."exemption_refused_at", new_values."exemption_refused_by_id", new_values."exemption_refused_proposer_id", new_values."id", new_values."period_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."society_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b4420455baefc50d0b1f6295d7193b035a94d35e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_6a21f', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='ledgers_expectedfiling', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='expectedfiling',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "ledgers_expectedfilingevent" ("exempt_reason", "exemption_decided_at", "exemption_decided_by_id", "exemption_proposed_at", "exemption_proposed_by_id", "exemption_refusal_reason", "exemption_refused_at", "exemption_refused_by_id", "exemption_refused_proposer_id", "id", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "society_id") SELECT old_values."exempt_reason", old_values."exemption_decided_at", old_values."exemption_decided_by_id", old_values."exemption_proposed_at", old_values."exemption_proposed_by_id", old_values."exemption_refusal_reason", old_values."exemption_refused_at", old_values."exemption_refused_by_id", old_values."exemption_refused_proposer_id", old_values."id", old_values."period_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."society_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8c96805036eb5df7b85cd165caecbca4a45a51e2', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_09d44', referencing='REFERENCING OLD TABLE AS old_values ', table='ledgers_expectedfiling', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerperiod',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "ledgers_ledgerperiodevent" ("as_of", "closed_at", "closed_by_id", "closes_on", "due_on", "edition_id", "federation_id", "grace_until", "id", "is_provisional", "key", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "refusal_reason", "refused_at", "refused_by_id", "refused_proposer_id") SELECT new_values."as_of", new_values."closed_at", new_values."closed_by_id", new_values."closes_on", new_values."due_on", new_values."edition_id", new_values."federation_id", new_values."grace_until", new_values."id", new_values."is_provisional", new_values."key", new_values."opened_at", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."proposed_at", new_values."proposed_by_id", new_values."refusal_reason", new_values."refused_at", new_values."refused_by_id", new_values."refused_proposer_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b6a0af1d6f0f0e85523be7655ebeffac194048ed', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_0d276', referencing='REFERENCING NEW TABLE AS new_values ', table='ledgers_ledgerperiod', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerperiod',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "ledgers_ledgerperiodevent" ("as_of", "closed_at", "closed_by_id", "closes_on", "due_on", "edition_id", "federation_id", "grace_until", "id", "is_provisional", "key", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "refusal_reason", "refused_at", "refused_by_id", "refused_proposer_id") SELECT new_values."as_of", new_values."closed_at", new_values."closed_by_id", new_values."closes_on", new_values."due_on", new_values."edition_id", new_values."federation_id", new_values."grace_until", new_values."id", new_values."is_provisional", new_values."key", new_values."opened_at", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."proposed_at", new_values."proposed_by_id", new_values."refusal_reason", new_values."refused_at", new_values."refused_by_id", new_values."refused_proposer_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."as_of" IS DISTINCT FROM (new_values."as_of") OR old_values."closed_at" IS DISTINCT FROM (new_values."closed_at") OR old_values."closed_by_id" IS DISTINCT FROM (new_values."closed_by_id") OR old_values."closes_on" IS DISTINCT FROM (new_values."closes_on") OR old_values."due_on" IS DISTINCT FROM (new_values."due_on") OR old_values."edition_id" IS DISTINCT FROM (new_values."edition_id") OR old_values."federation_id" IS DISTINCT FROM (new_values."federation_id") OR old_values."grace_until" IS DISTINCT FROM (new_values."grace_until") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_provisional" IS DISTINCT FROM (new_values."is_provisional") OR old_values."key" IS DISTINCT FROM (new_values."key") OR old_values."opened_at" IS DISTINCT FROM (new_values."opened_at") OR old_values."proposed_at" IS DISTINCT FROM (new_values."proposed_at") OR old_values."proposed_by_id" IS DISTINCT FROM (new_values."proposed_by_id") OR old_values."refusal_reason" IS DISTINCT FROM (new_values."refusal_reason") OR old_values."refused_at" IS DISTINCT FROM (new_values."refused_at") OR old_values."refused_by_id" IS DISTINCT FROM (new_values."refused_by_id") OR old_values."refused_proposer_id" IS DISTINCT FROM (new_values."refused_proposer_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='790c5f7d02ec1278b1d7c477c8cfc14590d6245e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_cd062', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='ledgers_ledgerperiod', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerperiod',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "ledgers_ledgerperiodevent" ("as_of", "closed_at", "closed_by_id", "closes_on", "due_on", "edition_id", "federation_id", "grace_until", "id", "is_provisional", "key", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "refusal_reason", "refused_at", "refused_by_id", "refused_proposer_id") SELECT old_values."as_of", old_values."closed_at", old_values."closed_by_id", old_values."closes_on", old_values."due_on", old_values."edition_id", old_values."federation_id", old_values."grace_until", old_values."id", old_values."is_provisional", old_values."key", old_values."opened_at", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."proposed_at", old_values."proposed_by_id", old_values."refusal_reason", old_values."refused_at", old_values."refused_by_id", old_values."refused_proposer_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4953970d49512352c69d3c0d641acdcd67cb10da', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_b5894', referencing='REFERENCING OLD TABLE AS old_values ', table='ledgers_ledgerperiod', when='AFTER')),
        ),
        ]),
        migrations.AddConstraint(
            model_name='expectedfiling',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('exemption_refused_at__isnull', True), ('exemption_refused_by__isnull', True)), models.Q(('exemption_refused_at__isnull', False), ('exemption_refused_by__isnull', False)), _connector='OR'), name='expected_filing_refusal', violation_error_message='不同意不完整'),
        ),
        migrations.AddConstraint(
            model_name='expectedfiling',
            constraint=models.CheckConstraint(condition=models.Q(('exemption_refused_at__isnull', True), models.Q(('exemption_refused_proposer__isnull', False), models.Q(('exemption_refusal_reason', ''), _negated=True)), _connector='OR'), name='expected_filing_refusal_has_reason', violation_error_message='不同意须写明原因'),
        ),
        migrations.AddConstraint(
            model_name='expectedfiling',
            constraint=models.CheckConstraint(condition=models.Q(('exemption_refused_proposer__isnull', True), ('exemption_refused_by__isnull', True), models.Q(('exemption_refused_proposer', models.F('exemption_refused_by')), _negated=True), _connector='OR'), name='expected_filing_refused_by_another', violation_error_message='提请人与决定人须为两人'),
        ),
        migrations.AddConstraint(
            model_name='ledgerperiod',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('refused_at__isnull', True), ('refused_by__isnull', True)), models.Q(('refused_at__isnull', False), ('refused_by__isnull', False)), _connector='OR'), name='ledger_period_refusal', violation_error_message='不同意不完整'),
        ),
        migrations.AddConstraint(
            model_name='ledgerperiod',
            constraint=models.CheckConstraint(condition=models.Q(('refused_at__isnull', True), models.Q(('refused_proposer__isnull', False), models.Q(('refusal_reason', ''), _negated=True)), _connector='OR'), name='ledger_period_refusal_has_reason', violation_error_message='不同意须写明原因'),
        ),
        migrations.AddConstraint(
            model_name='ledgerperiod',
            constraint=models.CheckConstraint(condition=models.Q(('refused_proposer__isnull', True), ('refused_by__isnull', True), models.Q(('refused_proposer', models.F('refused_by')), _negated=True), _connector='OR'), name='ledger_period_refused_by_another', violation_error_message='提请人与决定人须为两人'),
        ),
    ]
