from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0002_job_of_a_mail'),
    ]

    operations = [
        migrations.AddField(
            model_name='outgoingmail',
            name='unsubscribe_url',
            field=models.CharField(blank=True, max_length=500),
        ),
    ]
