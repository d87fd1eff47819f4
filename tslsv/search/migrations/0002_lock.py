"""Taking an index's lock and reading its state is one call, as both happen at every save."""

from django.db import migrations

# Of a volatile function, each statement sees what was committed before that statement began: here,
# before the lock was given.
FUNCTION = """
CREATE FUNCTION search_lock(index_name text) RETURNS SETOF search_state
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('search:' || index_name, 0));
    RETURN QUERY SELECT * FROM search_state WHERE name = index_name;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION search_lock(text)")]
