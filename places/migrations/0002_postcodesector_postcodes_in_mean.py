from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="postcodesector",
            name="postcodes_in_mean",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
