from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("brokerage", "0006_helpers_asked_anew")]

    operations = [
        migrations.AddField(
            model_name="skill",
            name="ssc_url",
            field=models.URLField(blank=True, max_length=300, verbose_name="where that stands"),
        )
    ]
