"""The numbers of ranges move to the cards, and their indexes with them (see ``Card``)."""

from django.db import migrations, models

NUMBERS = ("places_left", "fewest", "first_day", "last_day")
EMPTY = ("places_left", "fewest")
TAKE = """
UPDATE brokerage_noticecard c SET places_left = r.places_left, fewest = r.fewest,
    first_day = r.first_day, last_day = r.last_day
FROM brokerage_noticeindexrow r WHERE r.ordinal = c.ordinal
"""
GIVE_BACK = """
UPDATE brokerage_noticeindexrow r SET places_left = c.places_left, fewest = c.fewest,
    first_day = c.first_day, last_day = c.last_day
FROM brokerage_noticecard c WHERE c.ordinal = r.ordinal
"""


def _field(name: str) -> models.IntegerField:
    return models.IntegerField(null=True) if name in EMPTY else models.IntegerField(default=0)


class Migration(migrations.Migration):
    dependencies = [("brokerage", "0004_number_indexes")]

    operations = [
        *(
            migrations.RemoveIndex(model_name="noticeindexrow", name=f"notice_by_{name}")
            for name in NUMBERS
        ),
        *(
            migrations.AddField(
                model_name="noticecard",
                name=name,
                field=_field(name),
                preserve_default=name in EMPTY,
            )
            for name in NUMBERS
        ),
        *(
            # Empty first: going back, the column is there before its numbers are.
            migrations.AlterField(
                model_name="noticeindexrow", name=name, field=models.IntegerField(null=True)
            )
            for name in NUMBERS
            if name not in EMPTY
        ),
        migrations.RunSQL(TAKE, GIVE_BACK),
        *(migrations.RemoveField(model_name="noticeindexrow", name=name) for name in NUMBERS),
        *(
            migrations.AddIndex(
                model_name="noticecard",
                index=models.Index(fields=[name, "ordinal"], name=f"notice_by_{name}"),
            )
            for name in NUMBERS
        ),
    ]
