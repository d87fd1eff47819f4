from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0008_curate")]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="proposed_evidence",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="claim",
            name="proposed_valid_to",
            field=models.DateField(blank=True, null=True),
        ),
    ]
