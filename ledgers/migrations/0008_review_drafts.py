"""What a reviewer types of a return is kept until it is given (R-LED-08)."""

import django.db.models.deletion
import societies.access
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledgers', '0007_refusals'),
        ('societies', '0007_star_rounds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReviewDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('saved_at', models.DateTimeField()),
                ('values', models.JSONField(default=dict)),
                ('ledger', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_drafts', to='ledgers.ledger')),
                ('saved_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('society', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='societies.society')),
            ],
            options={
                'verbose_name': '审核意见草稿',
                'constraints': [models.UniqueConstraint(fields=('ledger', 'saved_by'), name='review_draft_once')],
            },
            bases=(societies.access.Owned, models.Model),
        ),
    ]
