"""Names of organisations by their groups of three letters, for "Is this you?"."""

import django.contrib.postgres.indexes
import django.db.models.functions
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_user_is_example"),
        ("search", "0001_initial"),  # the extension pg_trgm
    ]

    operations = [
        migrations.AddIndex(
            model_name="organisation",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.Lower("name"), name="gin_trgm_ops"
                ),
                name="organisation_name_trigrams",
            ),
        ),
    ]
