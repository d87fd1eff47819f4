import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('providers', '0006_join'),
    ]

    operations = [
        migrations.AddField(
            model_name='term',
            name='successor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='providers.term'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=models.CheckConstraint(condition=models.Q(('successor__isnull', True), ('active', False), _connector='OR'), name='term_merged_is_retired', violation_error_message='A term that was merged into another one is retired.'),
        ),
    ]
