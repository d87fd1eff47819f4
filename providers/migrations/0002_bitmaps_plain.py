"""Bitmaps are stored as they are: neither compressed nor moved out, so a read is one page read."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("providers", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE providers_listingbitmap ALTER COLUMN bits SET STORAGE PLAIN",
            "ALTER TABLE providers_listingbitmap ALTER COLUMN bits SET STORAGE EXTENDED",
        )
    ]
