"""The numbers of ranges move to the cards, and their indexes with them (see ``Card``)."""

from django.db import migrations, models

TAKE = """
UPDATE providers_listingcard c SET notice_days = r.notice_days, capacity = r.capacity
FROM providers_listingindexrow r WHERE r.ordinal = c.ordinal
"""
GIVE_BACK = """
UPDATE providers_listingindexrow r SET notice_days = c.notice_days, capacity = c.capacity
FROM providers_listingcard c WHERE c.ordinal = r.ordinal
"""


class Migration(migrations.Migration):
    dependencies = [("providers", "0011_staying_in_touch")]

    operations = [
        migrations.RemoveIndex(model_name="listingindexrow", name="listing_by_notice"),
        migrations.RemoveIndex(model_name="listingindexrow", name="listing_by_capacity"),
        migrations.AddField(
            model_name="listingcard",
            name="notice_days",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="listingcard",
            name="capacity",
            field=models.IntegerField(null=True),
        ),
        migrations.RunSQL(TAKE, GIVE_BACK),
        migrations.RemoveField(model_name="listingindexrow", name="notice_days"),
        migrations.RemoveField(model_name="listingindexrow", name="capacity"),
        migrations.AddIndex(
            model_name="listingcard",
            index=models.Index(fields=["notice_days", "ordinal"], name="listing_by_notice_days"),
        ),
        migrations.AddIndex(
            model_name="listingcard",
            index=models.Index(fields=["capacity", "ordinal"], name="listing_by_capacity"),
        ),
    ]
