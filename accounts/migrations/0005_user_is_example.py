from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_roles_and_cache"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="is_example",
            field=models.BooleanField(default=False, editable=False, help_text="Made up, for trying the site out; cannot sign in where others can reach it."),
        ),
    ]
