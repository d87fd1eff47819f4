from django.db import migrations

ROLES = ("curator", "broker")


def make_roles(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    for name in ROLES:
        Group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_memberships"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RunPython(make_roles, migrations.RunPython.noop),
        # Django's cache (`createcachetable` makes the same). Unlogged: counts of the last hour are
        # written often, and after a crash it is enough that they start anew.
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE IF NOT EXISTS cache (
                cache_key varchar(255) NOT NULL PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX IF NOT EXISTS cache_expires ON cache (expires);
            """,
            "DROP TABLE IF EXISTS cache",
        ),
    ]
