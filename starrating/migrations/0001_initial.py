import common.operations
import common.constraints
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
import societies.access
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('societies', '0003_star_rights'),
    ]

    operations = [
        common.operations.Together([
        migrations.CreateModel(
            name='RatingEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40, unique=True, verbose_name='键')),
                ('label', models.CharField(max_length=40, verbose_name='标准版本')),
                ('source', models.CharField(max_length=300, verbose_name='来源')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='适用起')),
                ('valid_to', models.DateField(blank=True, help_text='当日起不适用', null=True, verbose_name='适用止')),
                ('max_stars', models.PositiveSmallIntegerField(verbose_name='最高星级')),
                ('min_applicable', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='最少适用分值')),
                ('bonus_cap', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='加分上限')),
                ('rise_limit', models.PositiveSmallIntegerField(verbose_name='每次最多升几星')),
                ('multi_types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None, verbose_name='计为多层的党组织类型')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('federation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rating_editions', to='societies.federation')),
            ],
            options={
                'verbose_name': '星级标准',
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='rating_edition_ends_after_start', violation_error_message='止日须晚于起日'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('federation', '='), (common.constraints.DateRange(django.db.models.functions.comparison.Coalesce(models.F('valid_from'), models.Func(output_field=models.DateField(), template="'-infinity'::date")), django.db.models.functions.comparison.Greatest(django.db.models.functions.comparison.Coalesce(models.F('valid_from'), models.Func(output_field=models.DateField(), template="'-infinity'::date")), django.db.models.functions.comparison.Coalesce(models.F('valid_to'), models.Func(output_field=models.DateField(), template="'infinity'::date")))), '&&')], name='rating_edition_one_at_a_time', violation_error_message='有效期与已有记录重叠'), models.CheckConstraint(condition=models.Q(('max_stars__gte', 1), ('min_applicable__gt', 0), ('min_applicable__lte', 100)), name='rating_edition_bounds')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tree', models.CharField(choices=[('multi', '多层'), ('single', '单层')], max_length=10, verbose_name='指标体系')),
                ('code', models.CharField(max_length=5, verbose_name='编号')),
                ('position', models.PositiveSmallIntegerField()),
                ('category', models.CharField(max_length=5, verbose_name='类别')),
                ('title', models.CharField(max_length=60, verbose_name='指标')),
                ('clause', models.CharField(max_length=60, verbose_name='依据')),
                ('points', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='分值')),
                ('formula', models.CharField(blank=True, max_length=30, verbose_name='算法')),
                ('params', models.JSONField(blank=True, default=dict)),
                ('supplied', models.BooleanField(default=True, verbose_name='已有数据来源')),
                ('advice', models.CharField(max_length=200, verbose_name='差距与改进建议')),
                ('na_rule', models.CharField(blank=True, max_length=200, verbose_name='不适用的情形')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='starrating.ratingedition')),
            ],
            options={
                'verbose_name': '评定指标',
                'ordering': ['edition_id', 'tree', 'position'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'tree', 'code'), name='criterion_once'), models.CheckConstraint(condition=models.Q(('points__gt', 0)), name='criterion_has_points'), models.CheckConstraint(condition=models.Q(models.Q(('supplied', True), models.Q(('formula', ''), _negated=True)), models.Q(('formula', ''), ('supplied', False)), _connector='OR'), name='criterion_formula_where_supplied')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='RatingCategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=5, verbose_name='编号')),
                ('title', models.CharField(max_length=40, verbose_name='名称')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='categories', to='starrating.ratingedition')),
            ],
            options={
                'verbose_name': '评定类别',
                'ordering': ['edition_id', 'code'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='rating_category_once')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='RatingCategoryEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=5, verbose_name='编号')),
                ('title', models.CharField(max_length=40, verbose_name='名称')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='starrating.ratingcategory')),
                ('edition', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='starrating.ratingedition')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='LiveTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tree', models.CharField(choices=[('multi', '多层'), ('single', '单层')], max_length=10, verbose_name='指标体系')),
                ('state', models.CharField(choices=[('value', '有值'), ('unrated', '不予评定')], max_length=20)),
                ('points', models.DecimalField(decimal_places=8, max_digits=12, verbose_name='得分')),
                ('applicable', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='适用分值')),
                ('base', models.DecimalField(decimal_places=8, max_digits=12, verbose_name='基础分')),
                ('bonus', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='加分')),
                ('deductions', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='扣分')),
                ('score', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='系统测算分')),
                ('on', models.DateField()),
                ('society', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.society')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='starrating.ratingedition')),
            ],
            options={
                'verbose_name': '即时测算分',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('applicable__gte', 0), ('applicable__lte', 100), ('score__gte', 0), ('score__lte', 100)), name='livetotal_within_bounds'), models.UniqueConstraint(fields=('society',), name='live_total_once')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='FrozenTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tree', models.CharField(choices=[('multi', '多层'), ('single', '单层')], max_length=10, verbose_name='指标体系')),
                ('state', models.CharField(choices=[('value', '有值'), ('unrated', '不予评定')], max_length=20)),
                ('points', models.DecimalField(decimal_places=8, max_digits=12, verbose_name='得分')),
                ('applicable', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='适用分值')),
                ('base', models.DecimalField(decimal_places=8, max_digits=12, verbose_name='基础分')),
                ('bonus', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='加分')),
                ('deductions', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='扣分')),
                ('score', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='系统测算分')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('society', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.society')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='starrating.ratingedition')),
            ],
            options={
                'verbose_name': '定格测算分',
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('valid_to', None)), fields=['society'], name='frozen_total_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('applicable__gte', 0), ('applicable__lte', 100), ('score__gte', 0), ('score__lte', 100)), name='frozentotal_within_bounds'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='frozen_total_ends_after_start', violation_error_message='止日须晚于起日'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('society', '='), (common.constraints.DateRange(django.db.models.functions.comparison.Coalesce(models.F('valid_from'), models.Func(output_field=models.DateField(), template="'-infinity'::date")), django.db.models.functions.comparison.Greatest(django.db.models.functions.comparison.Coalesce(models.F('valid_from'), models.Func(output_field=models.DateField(), template="'-infinity'::date")), django.db.models.functions.comparison.Coalesce(models.F('valid_to'), models.Func(output_field=models.DateField(), template="'infinity'::date")))), '&&')], name='frozen_total_once_a_day', violation_error_message='有效期与已有记录重叠')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='CriterionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('tree', models.CharField(choices=[('multi', '多层'), ('single', '单层')], max_length=10, verbose_name='指标体系')),
                ('code', models.CharField(max_length=5, verbose_name='编号')),
                ('position', models.PositiveSmallIntegerField()),
                ('category', models.CharField(max_length=5, verbose_name='类别')),
                ('title', models.CharField(max_length=60, verbose_name='指标')),
                ('clause', models.CharField(max_length=60, verbose_name='依据')),
                ('points', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='分值')),
                ('formula', models.CharField(blank=True, max_length=30, verbose_name='算法')),
                ('params', models.JSONField(blank=True, default=dict)),
                ('supplied', models.BooleanField(default=True, verbose_name='已有数据来源')),
                ('advice', models.CharField(max_length=200, verbose_name='差距与改进建议')),
                ('na_rule', models.CharField(blank=True, max_length=200, verbose_name='不适用的情形')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='starrating.criterion')),
                ('edition', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='starrating.ratingedition')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ClosingTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tree', models.CharField(choices=[('multi', '多层'), ('single', '单层')], max_length=10, verbose_name='指标体系')),
                ('state', models.CharField(choices=[('value', '有值'), ('unrated', '不予评定')], max_length=20)),
                ('points', models.DecimalField(decimal_places=8, max_digits=12, verbose_name='得分')),
                ('applicable', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='适用分值')),
                ('base', models.DecimalField(decimal_places=8, max_digits=12, verbose_name='基础分')),
                ('bonus', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='加分')),
                ('deductions', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='扣分')),
                ('score', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='系统测算分')),
                ('on', models.DateField()),
                ('society', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.society')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='starrating.ratingedition')),
            ],
            options={
                'verbose_name': '测算分日终值',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('applicable__gte', 0), ('applicable__lte', 100), ('score__gte', 0), ('score__lte', 100)), name='closingtotal_within_bounds'), models.UniqueConstraint(fields=('society',), name='closing_total_once')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='RatingEditionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('key', models.SlugField(db_index=False, max_length=40, verbose_name='键')),
                ('label', models.CharField(max_length=40, verbose_name='标准版本')),
                ('source', models.CharField(max_length=300, verbose_name='来源')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='适用起')),
                ('valid_to', models.DateField(blank=True, help_text='当日起不适用', null=True, verbose_name='适用止')),
                ('max_stars', models.PositiveSmallIntegerField(verbose_name='最高星级')),
                ('min_applicable', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='最少适用分值')),
                ('bonus_cap', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='加分上限')),
                ('rise_limit', models.PositiveSmallIntegerField(verbose_name='每次最多升几星')),
                ('multi_types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None, verbose_name='计为多层的党组织类型')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('federation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='societies.federation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='starrating.ratingedition')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ScoreAdjustment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('bonus', '加分'), ('deduction', '扣分')], max_length=10, verbose_name='类型')),
                ('code', models.CharField(max_length=5, verbose_name='编号')),
                ('title', models.CharField(max_length=60, verbose_name='事项')),
                ('clause', models.CharField(max_length=60, verbose_name='依据')),
                ('points', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='每项分值')),
                ('most', models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name='最多')),
                ('supplied', models.BooleanField(default=False, verbose_name='已有数据来源')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='starrating.ratingedition')),
            ],
            options={
                'verbose_name': '加扣分事项',
                'ordering': ['edition_id', 'kind', 'code'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='score_adjustment_once'), models.CheckConstraint(condition=models.Q(('points__gt', 0)), name='score_adjustment_has_points')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='ScoreAdjustmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('bonus', '加分'), ('deduction', '扣分')], max_length=10, verbose_name='类型')),
                ('code', models.CharField(max_length=5, verbose_name='编号')),
                ('title', models.CharField(max_length=60, verbose_name='事项')),
                ('clause', models.CharField(max_length=60, verbose_name='依据')),
                ('points', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='每项分值')),
                ('most', models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name='最多')),
                ('supplied', models.BooleanField(default=False, verbose_name='已有数据来源')),
                ('edition', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='starrating.ratingedition')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='starrating.scoreadjustment')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StarFloor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stars', models.PositiveSmallIntegerField(verbose_name='星级')),
                ('share', models.DecimalField(decimal_places=3, max_digits=4, null=True, verbose_name='各类别最低得分率')),
                ('line', models.CharField(blank=True, max_length=5, verbose_name='须有结项的指标')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='starrating.ratingedition')),
            ],
            options={
                'verbose_name': '星级条件',
                'ordering': ['edition_id', '-stars', 'line'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'stars', 'line'), name='star_floor_once'), models.CheckConstraint(condition=models.Q(models.Q(('line', ''), ('share__gt', 0), ('share__lte', 1)), models.Q(models.Q(('line', ''), _negated=True), ('share__isnull', True)), _connector='OR'), name='star_floor_is_one_condition')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='StarFloorEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('stars', models.PositiveSmallIntegerField(verbose_name='星级')),
                ('share', models.DecimalField(decimal_places=3, max_digits=4, null=True, verbose_name='各类别最低得分率')),
                ('line', models.CharField(blank=True, max_length=5, verbose_name='须有结项的指标')),
                ('edition', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='starrating.ratingedition')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='starrating.starfloor')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StarQuota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stars', models.PositiveSmallIntegerField(verbose_name='星级')),
                ('numerator', models.PositiveSmallIntegerField()),
                ('denominator', models.PositiveSmallIntegerField()),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='starrating.ratingedition')),
            ],
            options={
                'verbose_name': '星级名额',
                'ordering': ['edition_id', '-stars'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'stars'), name='star_quota_once'), models.CheckConstraint(condition=models.Q(('denominator__gt', 0), ('numerator__gt', 0), ('numerator__lte', models.F('denominator'))), name='star_quota_is_a_ratio')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='StarQuotaEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('stars', models.PositiveSmallIntegerField(verbose_name='星级')),
                ('numerator', models.PositiveSmallIntegerField()),
                ('denominator', models.PositiveSmallIntegerField()),
                ('edition', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='starrating.ratingedition')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='starrating.starquota')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StarThreshold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stars', models.PositiveSmallIntegerField(verbose_name='星级')),
                ('score', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='起评分')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='starrating.ratingedition')),
            ],
            options={
                'verbose_name': '星级分值',
                'ordering': ['edition_id', '-stars'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'stars'), name='star_threshold_once')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='StarThresholdEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('stars', models.PositiveSmallIntegerField(verbose_name='星级')),
                ('score', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='起评分')),
                ('edition', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='starrating.ratingedition')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='starrating.starthreshold')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='VetoRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=5, verbose_name='编号')),
                ('kind', models.CharField(choices=[('proposal', '否决建议'), ('decision', '录入的决定')], max_length=10, verbose_name='类型')),
                ('title', models.CharField(max_length=100, verbose_name='情形')),
                ('clause', models.CharField(max_length=60, verbose_name='依据')),
                ('formula', models.CharField(blank=True, max_length=30, verbose_name='算法')),
                ('params', models.JSONField(blank=True, default=dict)),
                ('supplied', models.BooleanField(default=True, verbose_name='已有数据来源')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='starrating.ratingedition')),
            ],
            options={
                'verbose_name': '一票否决情形',
                'ordering': ['edition_id', 'code'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='veto_rule_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'proposal'), ('supplied', True), models.Q(('formula', ''), _negated=True)), models.Q(('formula', ''), ('kind', 'proposal'), ('supplied', False)), models.Q(('formula', ''), ('kind', 'decision')), _connector='OR'), name='veto_rule_computes_proposals')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='VetoRuleEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=5, verbose_name='编号')),
                ('kind', models.CharField(choices=[('proposal', '否决建议'), ('decision', '录入的决定')], max_length=10, verbose_name='类型')),
                ('title', models.CharField(max_length=100, verbose_name='情形')),
                ('clause', models.CharField(max_length=60, verbose_name='依据')),
                ('formula', models.CharField(blank=True, max_length=30, verbose_name='算法')),
                ('params', models.JSONField(blank=True, default=dict)),
                ('supplied', models.BooleanField(default=True, verbose_name='已有数据来源')),
                ('edition', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='starrating.ratingedition')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='starrating.vetorule')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ClosingLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.CharField(max_length=5, verbose_name='指标')),
                ('state', models.CharField(choices=[('value', '有值'), ('missing', '未报'), ('not_applicable', '不适用'), ('not_supplied', '不适用（门户尚无此项数据）')], max_length=20)),
                ('numerator', models.DecimalField(decimal_places=6, max_digits=16)),
                ('denominator', models.DecimalField(decimal_places=6, max_digits=16)),
                ('share', models.DecimalField(decimal_places=10, max_digits=12)),
                ('points', models.DecimalField(decimal_places=8, max_digits=12, verbose_name='得分')),
                ('maximum', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='分值')),
                ('on', models.DateField()),
                ('society', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.society')),
            ],
            options={
                'verbose_name': '测算明细日终值',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('denominator__gt', 0), ('share__gte', 0), ('share__lte', 1), ('state', 'value')), models.Q(models.Q(('state', 'value'), _negated=True), ('denominator', 0), ('numerator', 0), ('points', 0), ('share', 0)), _connector='OR'), name='closingline_fits_state'), models.CheckConstraint(condition=models.Q(('points__gte', 0), ('points__lte', models.F('maximum'))), name='closingline_within_maximum'), models.UniqueConstraint(fields=('society', 'criterion'), name='closing_line_once')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='FrozenLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.CharField(max_length=5, verbose_name='指标')),
                ('state', models.CharField(choices=[('value', '有值'), ('missing', '未报'), ('not_applicable', '不适用'), ('not_supplied', '不适用（门户尚无此项数据）')], max_length=20)),
                ('numerator', models.DecimalField(decimal_places=6, max_digits=16)),
                ('denominator', models.DecimalField(decimal_places=6, max_digits=16)),
                ('share', models.DecimalField(decimal_places=10, max_digits=12)),
                ('points', models.DecimalField(decimal_places=8, max_digits=12, verbose_name='得分')),
                ('maximum', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='分值')),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('society', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.society')),
            ],
            options={
                'verbose_name': '定格测算明细',
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('valid_to', None)), fields=['society', 'criterion'], name='frozen_line_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('denominator__gt', 0), ('share__gte', 0), ('share__lte', 1), ('state', 'value')), models.Q(models.Q(('state', 'value'), _negated=True), ('denominator', 0), ('numerator', 0), ('points', 0), ('share', 0)), _connector='OR'), name='frozenline_fits_state'), models.CheckConstraint(condition=models.Q(('points__gte', 0), ('points__lte', models.F('maximum'))), name='frozenline_within_maximum'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='frozen_line_ends_after_start', violation_error_message='止日须晚于起日'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('society', '='), ('criterion', '='), (common.constraints.DateRange(django.db.models.functions.comparison.Coalesce(models.F('valid_from'), models.Func(output_field=models.DateField(), template="'-infinity'::date")), django.db.models.functions.comparison.Greatest(django.db.models.functions.comparison.Coalesce(models.F('valid_from'), models.Func(output_field=models.DateField(), template="'-infinity'::date")), django.db.models.functions.comparison.Coalesce(models.F('valid_to'), models.Func(output_field=models.DateField(), template="'infinity'::date")))), '&&')], name='frozen_line_once_a_day', violation_error_message='有效期与已有记录重叠')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        migrations.CreateModel(
            name='LiveLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.CharField(max_length=5, verbose_name='指标')),
                ('state', models.CharField(choices=[('value', '有值'), ('missing', '未报'), ('not_applicable', '不适用'), ('not_supplied', '不适用（门户尚无此项数据）')], max_length=20)),
                ('numerator', models.DecimalField(decimal_places=6, max_digits=16)),
                ('denominator', models.DecimalField(decimal_places=6, max_digits=16)),
                ('share', models.DecimalField(decimal_places=10, max_digits=12)),
                ('points', models.DecimalField(decimal_places=8, max_digits=12, verbose_name='得分')),
                ('maximum', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='分值')),
                ('on', models.DateField()),
                ('society', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.society')),
            ],
            options={
                'verbose_name': '即时测算明细',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('denominator__gt', 0), ('share__gte', 0), ('share__lte', 1), ('state', 'value')), models.Q(models.Q(('state', 'value'), _negated=True), ('denominator', 0), ('numerator', 0), ('points', 0), ('share', 0)), _connector='OR'), name='liveline_fits_state'), models.CheckConstraint(condition=models.Q(('points__gte', 0), ('points__lte', models.F('maximum'))), name='liveline_within_maximum'), models.UniqueConstraint(fields=('society', 'criterion'), name='live_line_once')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
        ]),
        common.operations.Together([
        pgtrigger.migrations.AddTrigger(
            model_name='ratingedition',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_ratingeditionevent" ("bonus_cap", "digest", "federation_id", "id", "key", "label", "max_stars", "min_applicable", "multi_types", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rise_limit", "source", "valid_from", "valid_to") SELECT new_values."bonus_cap", new_values."digest", new_values."federation_id", new_values."id", new_values."key", new_values."label", new_values."max_stars", new_values."min_applicable", new_values."multi_types", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."rise_limit", new_values."source", new_values."valid_from", new_values."valid_to" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a98c165aaf7793048d82440714ded8f7eb3225e9', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e58e2', referencing='REFERENCING NEW TABLE AS new_values ', table='starrating_ratingedition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ratingedition',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_ratingeditionevent" ("bonus_cap", "digest", "federation_id", "id", "key", "label", "max_stars", "min_applicable", "multi_types", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rise_limit", "source", "valid_from", "valid_to") SELECT new_values."bonus_cap", new_values."digest", new_values."federation_id", new_values."id", new_values."key", new_values."label", new_values."max_stars", new_values."min_applicable", new_values."multi_types", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."rise_limit", new_values."source", new_values."valid_from", new_values."valid_to" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2987af147d6d14846853cff4f1ed70fce6338de1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_141c8', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='starrating_ratingedition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ratingedition',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_ratingeditionevent" ("bonus_cap", "digest", "federation_id", "id", "key", "label", "max_stars", "min_applicable", "multi_types", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rise_limit", "source", "valid_from", "valid_to") SELECT old_values."bonus_cap", old_values."digest", old_values."federation_id", old_values."id", old_values."key", old_values."label", old_values."max_stars", old_values."min_applicable", old_values."multi_types", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."rise_limit", old_values."source", old_values."valid_from", old_values."valid_to" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='eab1735dcb443fcd391dbb9c04002398f442ff00', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_9ca3f', referencing='REFERENCING OLD TABLE AS old_values ', table='starrating_ratingedition', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ratingcategoryevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6629bab664cadd1384cea1d251d8a67237444192', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ca5fb', table='starrating_ratingcategoryevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ratingcategory',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_ratingcategoryevent" ("code", "edition_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT new_values."code", new_values."edition_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='9900869671a567e31982f7a73925e3fc3df28011', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_5f091', referencing='REFERENCING NEW TABLE AS new_values ', table='starrating_ratingcategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ratingcategory',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_ratingcategoryevent" ("code", "edition_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT new_values."code", new_values."edition_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='55a407c7e79217c4ba732119596f026ba90977a4', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c622a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='starrating_ratingcategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ratingcategory',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_ratingcategoryevent" ("code", "edition_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT old_values."code", old_values."edition_id", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='72c9081c57956f15e2938969d0441b47f2b176b4', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_77bd3', referencing='REFERENCING OLD TABLE AS old_values ', table='starrating_ratingcategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='criterionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='aca39d759b7abed20a80c7c94d281d2b3b5f2ec2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_20e28', table='starrating_criterionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='criterion',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_criterionevent" ("advice", "category", "clause", "code", "edition_id", "formula", "id", "na_rule", "params", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "position", "supplied", "title", "tree") SELECT new_values."advice", new_values."category", new_values."clause", new_values."code", new_values."edition_id", new_values."formula", new_values."id", new_values."na_rule", new_values."params", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."points", new_values."position", new_values."supplied", new_values."title", new_values."tree" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a24e11c1e05eb565edb04417b10ac62b02ce129b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_093e4', referencing='REFERENCING NEW TABLE AS new_values ', table='starrating_criterion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='criterion',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_criterionevent" ("advice", "category", "clause", "code", "edition_id", "formula", "id", "na_rule", "params", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "position", "supplied", "title", "tree") SELECT new_values."advice", new_values."category", new_values."clause", new_values."code", new_values."edition_id", new_values."formula", new_values."id", new_values."na_rule", new_values."params", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."points", new_values."position", new_values."supplied", new_values."title", new_values."tree" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='52b737560a6b3a4d8e97ac5af62873fbc50e2bfc', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_f7661', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='starrating_criterion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='criterion',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_criterionevent" ("advice", "category", "clause", "code", "edition_id", "formula", "id", "na_rule", "params", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "position", "supplied", "title", "tree") SELECT old_values."advice", old_values."category", old_values."clause", old_values."code", old_values."edition_id", old_values."formula", old_values."id", old_values."na_rule", old_values."params", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."points", old_values."position", old_values."supplied", old_values."title", old_values."tree" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d21f5a6c8a35ea1b160cf4ee8b1bd746b93935fb', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_23650', referencing='REFERENCING OLD TABLE AS old_values ', table='starrating_criterion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ratingeditionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4340c6cf63ae4803b181d51ad43a94729e742388', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b5edd', table='starrating_ratingeditionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scoreadjustment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_scoreadjustmentevent" ("clause", "code", "edition_id", "id", "kind", "most", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "supplied", "title") SELECT new_values."clause", new_values."code", new_values."edition_id", new_values."id", new_values."kind", new_values."most", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."points", new_values."supplied", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a48be2c04c181e84f71ae59bcaa85683aa5225a7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c8137', referencing='REFERENCING NEW TABLE AS new_values ', table='starrating_scoreadjustment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scoreadjustment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_scoreadjustmentevent" ("clause", "code", "edition_id", "id", "kind", "most", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "supplied", "title") SELECT new_values."clause", new_values."code", new_values."edition_id", new_values."id", new_values."kind", new_values."most", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."points", new_values."supplied", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2a9d223a4ada8f7041fff89b6e6b6d37efa0740e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_dbb4b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='starrating_scoreadjustment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scoreadjustment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_scoreadjustmentevent" ("clause", "code", "edition_id", "id", "kind", "most", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "supplied", "title") SELECT old_values."clause", old_values."code", old_values."edition_id", old_values."id", old_values."kind", old_values."most", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."points", old_values."supplied", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='fc203a02b12e56fd08b604a9e2899dc895b13a90', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_cdb9c', referencing='REFERENCING OLD TABLE AS old_values ', table='starrating_scoreadjustment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scoreadjustmentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b3f60f6269188d09e61a30c46c012fcd583ce5f5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f708e', table='starrating_scoreadjustmentevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starfloor',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_starfloorevent" ("edition_id", "id", "line", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "share", "stars") SELECT new_values."edition_id", new_values."id", new_values."line", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."share", new_values."stars" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2dcd1c86eb8ecdcea0f25ce5f98f5ae4fa23558c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_d876a', referencing='REFERENCING NEW TABLE AS new_values ', table='starrating_starfloor', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starfloor',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_starfloorevent" ("edition_id", "id", "line", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "share", "stars") SELECT new_values."edition_id", new_values."id", new_values."line", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."share", new_values."stars" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ae5223989bb4dadbeebd5997ec78c8b0485f47eb', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e3eac', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='starrating_starfloor', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starfloor',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_starfloorevent" ("edition_id", "id", "line", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "share", "stars") SELECT old_values."edition_id", old_values."id", old_values."line", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."share", old_values."stars" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8f458bee6039e6c5d7332ab79db64f6b1c0d535c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_ad9c8', referencing='REFERENCING OLD TABLE AS old_values ', table='starrating_starfloor', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starfloorevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='af51d122af145f1f956d56a559ed8d12016ca3ec', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6c35f', table='starrating_starfloorevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starquota',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_starquotaevent" ("denominator", "edition_id", "id", "numerator", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stars") SELECT new_values."denominator", new_values."edition_id", new_values."id", new_values."numerator", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."stars" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='83ae90b59f46cc08d93079187223a7f9698ae049', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3460f', referencing='REFERENCING NEW TABLE AS new_values ', table='starrating_starquota', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starquota',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_starquotaevent" ("denominator", "edition_id", "id", "numerator", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stars") SELECT new_values."denominator", new_values."edition_id", new_values."id", new_values."numerator", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."stars" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='10131226a38d60e45cf6eeb69651fec44c731ba5', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_7c7f7', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='starrating_starquota', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starquota',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_starquotaevent" ("denominator", "edition_id", "id", "numerator", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stars") SELECT old_values."denominator", old_values."edition_id", old_values."id", old_values."numerator", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."stars" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='347b8dbb41008abadae480670e6925446586f634', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_8037b', referencing='REFERENCING OLD TABLE AS old_values ', table='starrating_starquota', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starquotaevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b045f25c69579714c897a71ba55b50154b36aa2b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9addc', table='starrating_starquotaevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starthreshold',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_starthresholdevent" ("edition_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score", "stars") SELECT new_values."edition_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."score", new_values."stars" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='61565043487539365d6909b6fc42edfefac94075', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_f8826', referencing='REFERENCING NEW TABLE AS new_values ', table='starrating_starthreshold', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starthreshold',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_starthresholdevent" ("edition_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score", "stars") SELECT new_values."edition_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."score", new_values."stars" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d0bdac41bc8b66ea870e49c97113c0e42363a68d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c9388', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='starrating_starthreshold', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starthreshold',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_starthresholdevent" ("edition_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score", "stars") SELECT old_values."edition_id", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."score", old_values."stars" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='89f1e2c94194bfd53d0717ea57b08fa7b89d0cc3', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_6c650', referencing='REFERENCING OLD TABLE AS old_values ', table='starrating_starthreshold', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='starthresholdevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6ee213a9b9934e7e9f389f8b7677ba53049f7784', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a4516', table='starrating_starthresholdevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vetorule',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_vetoruleevent" ("clause", "code", "edition_id", "formula", "id", "kind", "params", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "supplied", "title") SELECT new_values."clause", new_values."code", new_values."edition_id", new_values."formula", new_values."id", new_values."kind", new_values."params", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."supplied", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='749635b5dd38b34cb4ded2c790eb57c441f8564b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_2a06a', referencing='REFERENCING NEW TABLE AS new_values ', table='starrating_vetorule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vetorule',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_vetoruleevent" ("clause", "code", "edition_id", "formula", "id", "kind", "params", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "supplied", "title") SELECT new_values."clause", new_values."code", new_values."edition_id", new_values."formula", new_values."id", new_values."kind", new_values."params", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."supplied", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='cacd13a9242f988ba68f21830f1c11631487fa34', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_d88ae', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='starrating_vetorule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vetorule',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "starrating_vetoruleevent" ("clause", "code", "edition_id", "formula", "id", "kind", "params", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "supplied", "title") SELECT old_values."clause", old_values."code", old_values."edition_id", old_values."formula", old_values."id", old_values."kind", old_values."params", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."supplied", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='4ff95743e71a69e069b921458ff4339029c8510b', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_9830c', referencing='REFERENCING OLD TABLE AS old_values ', table='starrating_vetorule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vetoruleevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9122ca1c28f8ff64b36f05d81a17da83b108569c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_771ea', table='starrating_vetoruleevent', when='BEFORE')),
        ),
        ]),
    ]
