"""By what a registration that was sent twice is known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0005_registration_and_curation")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="start_hash",
            field=models.CharField(
                blank=True, editable=False, max_length=64, null=True, unique=True
            ),
        ),
    ]
