"""Extensions, the text search configuration, and the state table."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        # "english" with accents taken off first, so that "cafe" finds "café".
        migrations.RunSQL(
            """
            CREATE TEXT SEARCH CONFIGURATION search_english (COPY = english);
            ALTER TEXT SEARCH CONFIGURATION search_english
                ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
            """,
            "DROP TEXT SEARCH CONFIGURATION search_english",
        ),
        migrations.CreateModel(
            name="SearchState",
            fields=[
                (
                    "name",
                    models.CharField(max_length=40, primary_key=True, serialize=False),
                ),
                ("version", models.BigIntegerField(default=1)),
                ("next_ordinal", models.IntegerField(default=0)),
                ("generation", models.IntegerField(default=0)),
                ("tail_from", models.IntegerField(default=0)),
                ("rebuilding", models.BooleanField(default=False)),
            ],
            options={"db_table": "search_state"},
        ),
        migrations.CreateModel(
            name="Touched",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("index", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "search_touched",
                "indexes": [
                    models.Index(fields=["index", "object_id"], name="search_touched_index")
                ],
            },
        ),
    ]
