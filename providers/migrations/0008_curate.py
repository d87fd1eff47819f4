"""Doubles are looked for each time the queue is read, by names and websites as they are compared.

The indexes are on what ``providers.doubles`` compares, word for word. They stand here and not in
accounts, which knows nothing of doubles.
"""

from django.db import migrations

INDEXES = {
    "organisation_name_compared": "regexp_replace(lower(name), '[^[:alnum:]]+', '', 'g')",
    "organisation_host": "substring(lower(website) from '^https?://(?:www\\.)?([^/:?#]+)')",
}


class Migration(migrations.Migration):
    dependencies = [("providers", "0007_successors"), ("accounts", "0005_user_is_example")]

    operations = [
        migrations.RunSQL(
            f"CREATE INDEX {name} ON accounts_organisation (({expression}))", f"DROP INDEX {name}"
        )
        for name, expression in INDEXES.items()
    ]
