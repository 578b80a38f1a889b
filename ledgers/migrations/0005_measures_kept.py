"""A measure that never ran is void, not deleted (R-LED-14)."""

import common.operations
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledgers', '0004_mend_until'),
        ('societies', '0006_life'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='guidancemeasure',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='guidancemeasure',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='guidancemeasure',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='guidancemeasure',
            name='guidance_measure_open_once',
        ),
        migrations.AddField(
            model_name='guidancemeasure',
            name='voided_on',
            field=models.DateField(blank=True, null=True, verbose_name='作废日期'),
        ),
        migrations.AddField(
            model_name='guidancemeasureevent',
            name='voided_on',
            field=models.DateField(blank=True, null=True, verbose_name='作废日期'),
        ),
        common.operations.Together([
        pgtrigger.migrations.AddTrigger(
            model_name='guidancemeasure',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "ledgers_guidancemeasureevent" ("code", "id", "last_followed_up_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_establish_on", "reason", "responsible_post", "row_version", "society_id", "source_id", "tier", "unit_id", "until", "valid_from", "valid_to", "voided_on") SELECT new_values."code", new_values."id", new_values."last_followed_up_on", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."planned_establish_on", new_values."reason", new_values."responsible_post", new_values."row_version", new_values."society_id", new_values."source_id", new_values."tier", new_values."unit_id", new_values."until", new_values."valid_from", new_values."valid_to", new_values."voided_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4b04662d04a35269158babf0d404e58f7fd8cc44', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_41c21', referencing='REFERENCING NEW TABLE AS new_values ', table='ledgers_guidancemeasure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='guidancemeasure',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "ledgers_guidancemeasureevent" ("code", "id", "last_followed_up_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_establish_on", "reason", "responsible_post", "row_version", "society_id", "source_id", "tier", "unit_id", "until", "valid_from", "valid_to", "voided_on") SELECT new_values."code", new_values."id", new_values."last_followed_up_on", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."planned_establish_on", new_values."reason", new_values."responsible_post", new_values."row_version", new_values."society_id", new_values."source_id", new_values."tier", new_values."unit_id", new_values."until", new_values."valid_from", new_values."valid_to", new_values."voided_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7c70e613ba806f550376324cfc0dcded25d5bd4d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_ab911', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='ledgers_guidancemeasure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='guidancemeasure',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "ledgers_guidancemeasureevent" ("code", "id", "last_followed_up_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_establish_on", "reason", "responsible_post", "row_version", "society_id", "source_id", "tier", "unit_id", "until", "valid_from", "valid_to", "voided_on") SELECT old_values."code", old_values."id", old_values."last_followed_up_on", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."planned_establish_on", old_values."reason", old_values."responsible_post", old_values."row_version", old_values."society_id", old_values."source_id", old_values."tier", old_values."unit_id", old_values."until", old_values."valid_from", old_values."valid_to", old_values."voided_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8347da12bbea3a5046e0dc806aa65e288accfc4f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_d8136', referencing='REFERENCING OLD TABLE AS old_values ', table='ledgers_guidancemeasure', when='AFTER')),
        ),
        ]),
        migrations.AddConstraint(
            model_name='guidancemeasure',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True), ('voided_on__isnull', True)), fields=('unit', 'code'), name='guidance_measure_open_once'),
        ),
        migrations.AddConstraint(
            model_name='guidancemeasure',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('voided_on__isnull', True), _connector='OR'), name='guidance_measure_ended_or_void'),
        ),
    ]
