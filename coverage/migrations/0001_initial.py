import common.operations
import common.constraints
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
import societies.access
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('societies', '0001_initial'),
    ]

    operations = [
        common.operations.Together([
        migrations.CreateModel(
            name='LiveDay',
            fields=[
                ('federation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='societies.federation')),
                ('on', models.DateField()),
                ('closing_on', models.DateField(null=True)),
                ('touched_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('computed_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '即时数日期',
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='CoverageEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40, unique=True, verbose_name='键')),
                ('label', models.CharField(max_length=40, verbose_name='口径版本')),
                ('source', models.CharField(max_length=300, verbose_name='来源')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='适用起')),
                ('valid_to', models.DateField(blank=True, help_text='当日起不适用', null=True, verbose_name='适用止')),
                ('body_kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None, verbose_name='计入的机构类型')),
                ('relations', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None, verbose_name='计入的隶属关系')),
                ('work_measures', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), size=None, verbose_name='计工作覆盖的措施')),
                ('work_evidence_days', models.PositiveSmallIntegerField(default=0, verbose_name='工作记录有效天数')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('federation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coverage_editions', to='societies.federation')),
            ],
            options={
                'verbose_name': '覆盖口径',
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='edition_ends_after_start', violation_error_message='止日须晚于起日'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('federation', '='), (common.constraints.DateRange(django.db.models.functions.comparison.Coalesce(models.F('valid_from'), models.Func(output_field=models.DateField(), template="'-infinity'::date")), django.db.models.functions.comparison.Greatest(django.db.models.functions.comparison.Coalesce(models.F('valid_from'), models.Func(output_field=models.DateField(), template="'-infinity'::date")), django.db.models.functions.comparison.Coalesce(models.F('valid_to'), models.Func(output_field=models.DateField(), template="'infinity'::date")))), '&&')], name='edition_one_at_a_time', violation_error_message='有效期与已有记录重叠'), models.CheckConstraint(condition=models.Q(('work_evidence_days', 0)), name='edition_without_work_records', violation_error_message='尚无组织生活记录，工作记录有效天数只能为 0')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='CoverageEditionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('key', models.SlugField(db_index=False, max_length=40, verbose_name='键')),
                ('label', models.CharField(max_length=40, verbose_name='口径版本')),
                ('source', models.CharField(max_length=300, verbose_name='来源')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='适用起')),
                ('valid_to', models.DateField(blank=True, help_text='当日起不适用', null=True, verbose_name='适用止')),
                ('body_kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None, verbose_name='计入的机构类型')),
                ('relations', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None, verbose_name='计入的隶属关系')),
                ('work_measures', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), size=None, verbose_name='计工作覆盖的措施')),
                ('work_evidence_days', models.PositiveSmallIntegerField(default=0, verbose_name='工作记录有效天数')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('federation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='societies.federation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coverage.coverageedition')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CoverageTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(choices=[('ORG', '党的组织覆盖率'), ('ORG_T1', '理事会层面党组织覆盖率'), ('ORG_T2', '办事机构党组织覆盖率'), ('ORG_T3', '分支机构党组织覆盖率'), ('WORK', '党的工作覆盖率'), ('FIVE_CLEARS', '五清学会占比')], max_length=20, verbose_name='指标')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='期限')),
                ('numerator', models.PositiveSmallIntegerField()),
                ('denominator', models.PositiveSmallIntegerField()),
                ('source', models.CharField(max_length=100, verbose_name='来源')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='coverage.coverageedition')),
            ],
            options={
                'verbose_name': '覆盖目标',
                'ordering': ['indicator', models.OrderBy(models.F('due_on'), nulls_last=True)],
                'constraints': [models.UniqueConstraint(fields=('edition', 'indicator', 'due_on'), name='target_once_per_day', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('denominator__gt', 0), ('numerator__gt', 0), ('numerator__lte', models.F('denominator'))), name='target_is_a_ratio')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='CoverageTargetEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('indicator', models.CharField(choices=[('ORG', '党的组织覆盖率'), ('ORG_T1', '理事会层面党组织覆盖率'), ('ORG_T2', '办事机构党组织覆盖率'), ('ORG_T3', '分支机构党组织覆盖率'), ('WORK', '党的工作覆盖率'), ('FIVE_CLEARS', '五清学会占比')], max_length=20, verbose_name='指标')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='期限')),
                ('numerator', models.PositiveSmallIntegerField()),
                ('denominator', models.PositiveSmallIntegerField()),
                ('source', models.CharField(max_length=100, verbose_name='来源')),
                ('edition', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='coverage.coverageedition')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coverage.coveragetarget')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='LiveClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(choices=[('ORG', '党的组织覆盖率'), ('ORG_T1', '理事会层面党组织覆盖率'), ('ORG_T2', '办事机构党组织覆盖率'), ('ORG_T3', '分支机构党组织覆盖率'), ('WORK', '党的工作覆盖率'), ('FIVE_CLEARS', '五清学会占比')], max_length=20)),
                ('state', models.CharField(choices=[('value', '有值'), ('not_applicable', '不适用'), ('missing', '未报'), ('outside', '不在统计范围')], max_length=20)),
                ('covered', models.PositiveIntegerField()),
                ('total', models.PositiveIntegerField()),
                ('gap_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('on', models.DateField()),
                ('society', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.society')),
            ],
            options={
                'verbose_name': '即时数日终值',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('covered__lte', models.F('total')), ('state', 'value'), ('total__gt', 0)), models.Q(models.Q(('state', 'value'), _negated=True), ('covered', 0), ('total', 0)), _connector='OR'), name='liveclosing_counts_fit_state'), models.UniqueConstraint(fields=('society', 'indicator'), name='closing_once')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='LiveCoverage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(choices=[('ORG', '党的组织覆盖率'), ('ORG_T1', '理事会层面党组织覆盖率'), ('ORG_T2', '办事机构党组织覆盖率'), ('ORG_T3', '分支机构党组织覆盖率'), ('WORK', '党的工作覆盖率'), ('FIVE_CLEARS', '五清学会占比')], max_length=20)),
                ('state', models.CharField(choices=[('value', '有值'), ('not_applicable', '不适用'), ('missing', '未报'), ('outside', '不在统计范围')], max_length=20)),
                ('covered', models.PositiveIntegerField()),
                ('total', models.PositiveIntegerField()),
                ('gap_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('on', models.DateField()),
                ('society', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.society')),
            ],
            options={
                'verbose_name': '即时覆盖',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('covered__lte', models.F('total')), ('state', 'value'), ('total__gt', 0)), models.Q(models.Q(('state', 'value'), _negated=True), ('covered', 0), ('total', 0)), _connector='OR'), name='livecoverage_counts_fit_state'), models.UniqueConstraint(fields=('society', 'indicator'), name='live_once')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='NightRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('coverage', '覆盖计算')], default='coverage', max_length=20, verbose_name='步骤')),
                ('on', models.DateField(verbose_name='数据日期')),
                ('state', models.CharField(choices=[('running', '运行中'), ('done', '成功'), ('failed', '失败'), ('skipped', '已跳过')], max_length=10, verbose_name='状态')),
                ('attempt', models.PositiveIntegerField(default=1)),
                ('started_at', models.DateTimeField(verbose_name='开始')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='结束')),
                ('computed_at', models.DateTimeField(null=True)),
                ('rows_written', models.PositiveIntegerField(default=0, verbose_name='写入行')),
                ('changed', models.PositiveIntegerField(default=0, verbose_name='有变化')),
                ('differences', models.PositiveIntegerField(null=True, verbose_name='与即时数差异')),
                ('difference_rows', models.JSONField(default=list)),
                ('caught_up', models.BooleanField(default=False, verbose_name='补算')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('edition', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='coverage.coverageedition')),
                ('federation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='night_runs', to='societies.federation')),
            ],
            options={
                'verbose_name': '夜间计算',
                'ordering': ['-on', '-started_at', '-pk'],
                'indexes': [models.Index(fields=['-started_at'], name='night_by_start')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'skipped'), _negated=True), fields=('federation', 'step', 'on'), name='night_once')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='CoverageRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='截至日期')),
                ('number', models.PositiveSmallIntegerField(verbose_name='修订号')),
                ('computed_at', models.DateTimeField(verbose_name='计算时间')),
                ('shown', models.BooleanField(default=False, verbose_name='已发布')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='coverage.coverageedition', verbose_name='口径')),
                ('federation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.federation')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='coverage.nightrun')),
            ],
            options={
                'verbose_name': '定格修订',
                'ordering': ['-on', '-number'],
                'constraints': [models.UniqueConstraint(fields=('federation', 'on', 'number'), name='revision_number_once'), models.UniqueConstraint(condition=models.Q(('shown', True)), fields=('federation', 'on'), name='revision_one_shown')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='CoverageSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('indicator', models.CharField(choices=[('ORG', '党的组织覆盖率'), ('ORG_T1', '理事会层面党组织覆盖率'), ('ORG_T2', '办事机构党组织覆盖率'), ('ORG_T3', '分支机构党组织覆盖率'), ('WORK', '党的工作覆盖率'), ('FIVE_CLEARS', '五清学会占比')], max_length=20)),
                ('dimension', models.CharField(max_length=30)),
                ('value', models.CharField(max_length=50)),
                ('state', models.CharField(choices=[('value', '有值'), ('not_applicable', '不适用'), ('missing', '未报'), ('outside', '不在统计范围')], max_length=20)),
                ('covered', models.PositiveIntegerField()),
                ('total', models.PositiveIntegerField()),
                ('owners', models.PositiveIntegerField(verbose_name='学会数')),
                ('federation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.federation')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='coverage.coveragerevision')),
            ],
            options={
                'verbose_name': '覆盖定格数',
                'indexes': [models.Index(fields=['federation', 'on'], name='snapshot_of_day')],
                'constraints': [models.UniqueConstraint(fields=('revision', 'indicator', 'dimension', 'value'), name='snapshot_once'), models.CheckConstraint(condition=models.Q(('covered__lte', models.F('total'))), name='snapshot_covered_within_total')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='RevisionPublication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField(verbose_name='发布时间')),
                ('reason', models.CharField(max_length=200, verbose_name='发布理由')),
                ('published_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revision', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='publication', to='coverage.coveragerevision')),
            ],
            options={
                'verbose_name': '修订发布',
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='publication_has_reason', violation_error_message='请填写发布理由')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='RevisionPublicationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('published_at', models.DateTimeField(verbose_name='发布时间')),
                ('reason', models.CharField(max_length=200, verbose_name='发布理由')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='coverage.revisionpublication')),
                ('published_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('revision', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='coverage.coveragerevision')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SocietyCoverage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(choices=[('ORG', '党的组织覆盖率'), ('ORG_T1', '理事会层面党组织覆盖率'), ('ORG_T2', '办事机构党组织覆盖率'), ('ORG_T3', '分支机构党组织覆盖率'), ('WORK', '党的工作覆盖率'), ('FIVE_CLEARS', '五清学会占比')], max_length=20)),
                ('state', models.CharField(choices=[('value', '有值'), ('not_applicable', '不适用'), ('missing', '未报'), ('outside', '不在统计范围')], max_length=20)),
                ('covered', models.PositiveIntegerField()),
                ('total', models.PositiveIntegerField()),
                ('gap_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('society', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.society')),
            ],
            options={
                'verbose_name': '定格覆盖',
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('valid_to', None)), fields=['society', 'indicator'], name='frozen_open'), models.Index(fields=['valid_from'], name='frozen_began')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('covered__lte', models.F('total')), ('state', 'value'), ('total__gt', 0)), models.Q(models.Q(('state', 'value'), _negated=True), ('covered', 0), ('total', 0)), _connector='OR'), name='societycoverage_counts_fit_state'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='frozen_ends_after_start', violation_error_message='止日须晚于起日'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('society', '='), ('indicator', '='), (common.constraints.DateRange(django.db.models.functions.comparison.Coalesce(models.F('valid_from'), models.Func(output_field=models.DateField(), template="'-infinity'::date")), django.db.models.functions.comparison.Greatest(django.db.models.functions.comparison.Coalesce(models.F('valid_from'), models.Func(output_field=models.DateField(), template="'-infinity'::date")), django.db.models.functions.comparison.Coalesce(models.F('valid_to'), models.Func(output_field=models.DateField(), template="'infinity'::date")))), '&&')], name='frozen_once_a_day', violation_error_message='有效期与已有记录重叠')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='SocietyCoverageCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(choices=[('ORG', '党的组织覆盖率'), ('ORG_T1', '理事会层面党组织覆盖率'), ('ORG_T2', '办事机构党组织覆盖率'), ('ORG_T3', '分支机构党组织覆盖率'), ('WORK', '党的工作覆盖率'), ('FIVE_CLEARS', '五清学会占比')], max_length=20)),
                ('state', models.CharField(choices=[('value', '有值'), ('not_applicable', '不适用'), ('missing', '未报'), ('outside', '不在统计范围')], max_length=20)),
                ('covered', models.PositiveIntegerField()),
                ('total', models.PositiveIntegerField()),
                ('gap_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='coverage.coveragerevision')),
                ('society', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.society')),
            ],
            options={
                'verbose_name': '定格更正',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('covered__lte', models.F('total')), ('state', 'value'), ('total__gt', 0)), models.Q(models.Q(('state', 'value'), _negated=True), ('covered', 0), ('total', 0)), _connector='OR'), name='societycoveragecorrection_counts_fit_state'), models.UniqueConstraint(fields=('revision', 'society', 'indicator'), name='correction_once')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        ]),
        common.operations.Together([
        pgtrigger.migrations.AddTrigger(
            model_name='coverageedition',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coverage_coverageeditionevent" ("body_kinds", "digest", "federation_id", "id", "key", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relations", "source", "valid_from", "valid_to", "work_evidence_days", "work_measures") SELECT new_values."body_kinds", new_values."digest", new_values."federation_id", new_values."id", new_values."key", new_values."label", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."relations", new_values."source", new_values."valid_from", new_values."valid_to", new_values."work_evidence_days", new_values."work_measures" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2a487c54eed7d212614845c85db276813387cdc2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_95d8c', referencing='REFERENCING NEW TABLE AS new_values ', table='coverage_coverageedition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='coverageedition',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coverage_coverageeditionevent" ("body_kinds", "digest", "federation_id", "id", "key", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relations", "source", "valid_from", "valid_to", "work_evidence_days", "work_measures") SELECT new_values."body_kinds", new_values."digest", new_values."federation_id", new_values."id", new_values."key", new_values."label", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."relations", new_values."source", new_values."valid_from", new_values."valid_to", new_values."work_evidence_days", new_values."work_measures" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7950b5d4ab10a96bae0c7ad87efabc67f4491fd0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_39a25', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='coverage_coverageedition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='coverageedition',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coverage_coverageeditionevent" ("body_kinds", "digest", "federation_id", "id", "key", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relations", "source", "valid_from", "valid_to", "work_evidence_days", "work_measures") SELECT old_values."body_kinds", old_values."digest", old_values."federation_id", old_values."id", old_values."key", old_values."label", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."relations", old_values."source", old_values."valid_from", old_values."valid_to", old_values."work_evidence_days", old_values."work_measures" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0b3636f4267a7c01443b1afe63c6c55e40aa38e9', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_a3068', referencing='REFERENCING OLD TABLE AS old_values ', table='coverage_coverageedition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='coverageeditionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='19779fed6ac3f572dd93cd4f3c34dbe415af6317', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_99436', table='coverage_coverageeditionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='coveragetarget',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coverage_coveragetargetevent" ("denominator", "due_on", "edition_id", "id", "indicator", "numerator", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") SELECT new_values."denominator", new_values."due_on", new_values."edition_id", new_values."id", new_values."indicator", new_values."numerator", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."source" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='29e70bbaa94c40c7ca95228394885b3a57015dc0', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c9f9b', referencing='REFERENCING NEW TABLE AS new_values ', table='coverage_coveragetarget', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='coveragetarget',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coverage_coveragetargetevent" ("denominator", "due_on", "edition_id", "id", "indicator", "numerator", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") SELECT new_values."denominator", new_values."due_on", new_values."edition_id", new_values."id", new_values."indicator", new_values."numerator", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."source" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='69e4de48f3658766e5e9d6816caa638f8ff351cf', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_bb179', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='coverage_coveragetarget', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='coveragetarget',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coverage_coveragetargetevent" ("denominator", "due_on", "edition_id", "id", "indicator", "numerator", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") SELECT old_values."denominator", old_values."due_on", old_values."edition_id", old_values."id", old_values."indicator", old_values."numerator", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."source" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='603f715bb9aadc277f5f6c7a452742c5e01e2b78', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_0c80a', referencing='REFERENCING OLD TABLE AS old_values ', table='coverage_coveragetarget', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='coveragetargetevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2ffceb727f20e3f38ad39a1a337eb97bb532b1ea', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c8f08', table='coverage_coveragetargetevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revisionpublication',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coverage_revisionpublicationevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "reason", "revision_id") SELECT new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."reason", new_values."revision_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4ed20a21168805cd64b2ce678bc918f2edd74532', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a156d', referencing='REFERENCING NEW TABLE AS new_values ', table='coverage_revisionpublication', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revisionpublication',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coverage_revisionpublicationevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "reason", "revision_id") SELECT new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."reason", new_values."revision_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='bcdef2859ef068089601b3182873aec1aab13809', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_859ae', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='coverage_revisionpublication', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revisionpublication',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "coverage_revisionpublicationevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "reason", "revision_id") SELECT old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."published_by_id", old_values."reason", old_values."revision_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='1cfaff4177c7b28cb8dbd88d3d7f4a17ab1f4dc4', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_e64ec', referencing='REFERENCING OLD TABLE AS old_values ', table='coverage_revisionpublication', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revisionpublicationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c16b316e69407564cc1be34509c1484dbc3c38e3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f660d', table='coverage_revisionpublicationevent', when='BEFORE')),
        ),
        ]),
    ]
