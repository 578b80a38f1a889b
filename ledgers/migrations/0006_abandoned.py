"""A restatement opened by mistake can be given up; its number stays (R-LED-10)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledgers', '0005_measures_kept'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='ledger',
            name='accepted_is_immutable',
        ),
        migrations.RemoveConstraint(
            model_name='ledger',
            name='ledger_one_version_under_way',
        ),
        migrations.AlterField(
            model_name='ledger',
            name='state',
            field=models.CharField(choices=[('draft', '填报中'), ('to_sign', '待审签'), ('filed', '已报送、待审核'), ('to_decide', '已审核、待决定'), ('accepted', '已通过'), ('returned', '已退回'), ('abandoned', '已放弃')], default='draft', max_length=20, verbose_name='状态'),
        ),
        migrations.AlterField(
            model_name='ledgerevent',
            name='state',
            field=models.CharField(choices=[('draft', '填报中'), ('to_sign', '待审签'), ('filed', '已报送、待审核'), ('to_decide', '已审核、待决定'), ('accepted', '已通过'), ('returned', '已退回'), ('abandoned', '已放弃')], default='draft', max_length=20, verbose_name='状态'),
        ),
        migrations.AlterField(
            model_name='ledgerstep',
            name='from_state',
            field=models.CharField(blank=True, choices=[('draft', '填报中'), ('to_sign', '待审签'), ('filed', '已报送、待审核'), ('to_decide', '已审核、待决定'), ('accepted', '已通过'), ('returned', '已退回'), ('abandoned', '已放弃')], max_length=20),
        ),
        migrations.AlterField(
            model_name='ledgerstep',
            name='to_state',
            field=models.CharField(choices=[('draft', '填报中'), ('to_sign', '待审签'), ('filed', '已报送、待审核'), ('to_decide', '已审核、待决定'), ('accepted', '已通过'), ('returned', '已退回'), ('abandoned', '已放弃')], max_length=20),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledger',
            trigger=pgtrigger.compiler.Trigger(name='accepted_is_immutable', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'accepted\' OR OLD."state" = \'abandoned\')', func="RAISE EXCEPTION '已通过或已放弃的台账不能修改，更正请另立版本' USING ERRCODE = 'check_violation';", hash='b7fd9aa14b1594b36fb5f0a9b72915ddb1ce129f', operation='UPDATE OR DELETE', pgid='pgtrigger_accepted_is_immutable_61315', table='ledgers_ledger', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='ledger',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('accepted', 'abandoned')), _negated=True), fields=('society', 'period'), name='ledger_one_version_under_way', violation_error_message='本期已有一个版本在办理中'),
        ),
        migrations.AddConstraint(
            model_name='ledger',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'abandoned'), _negated=True), ('version__gt', 1), _connector='OR'), name='ledger_only_restatements_are_abandoned'),
        ),
    ]
