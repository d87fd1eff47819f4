from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('brokerage', '0007_skill_ssc_url'),
    ]

    operations = [
        migrations.AlterField(
            model_name='skill',
            name='ssc_code',
            field=models.CharField(blank=True, max_length=20, verbose_name='code of the Standard Skills Classification'),
        ),
    ]
