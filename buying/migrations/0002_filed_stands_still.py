"""The database itself refuses to change or delete what was filed.

Only pointers may move on: which version stands, to a supplier that was merged into another, to a person or an enquiry
that is erased. The records of example organisations may go, since examples can be made anew.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION buying_is_example(version bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1
        FROM buying_choiceversion
        JOIN buying_choice ON buying_choice.id = buying_choiceversion.choice_id
        JOIN accounts_organisation ON accounts_organisation.id = buying_choice.organisation_id
        WHERE buying_choiceversion.id = version AND accounts_organisation.is_example
    )
$$;

CREATE FUNCTION buying_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pointers text[];
    version bigint;
    filed boolean;
BEGIN
    IF TG_TABLE_NAME = 'buying_choiceversion' THEN
        pointers := ARRAY['supplier_id', 'filed_by_id', 'modified', 'stands'];
        version := OLD.id;
        filed := OLD.filed_at IS NOT NULL;
    ELSE
        pointers := ARRAY['organisation_id', 'listing_id', 'recipient_id'];
        version := CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END;
        SELECT filed_at IS NOT NULL INTO filed FROM buying_choiceversion WHERE id = version;
    END IF;
    IF NOT coalesce(filed, false) THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - pointers = to_jsonb(OLD) - pointers THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND buying_is_example(version) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'What was filed stands: % refused.', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER filed_stands_still BEFORE UPDATE OR DELETE ON buying_choiceversion
    FOR EACH ROW EXECUTE FUNCTION buying_refuse_change();
CREATE TRIGGER filed_stands_still BEFORE INSERT OR UPDATE OR DELETE ON buying_considered
    FOR EACH ROW EXECUTE FUNCTION buying_refuse_change();
CREATE TRIGGER filed_stands_still BEFORE INSERT OR UPDATE OR DELETE ON buying_claimthen
    FOR EACH ROW EXECUTE FUNCTION buying_refuse_change();
"""
BACKWARDS = """
DROP TRIGGER filed_stands_still ON buying_claimthen;
DROP TRIGGER filed_stands_still ON buying_considered;
DROP TRIGGER filed_stands_still ON buying_choiceversion;
DROP FUNCTION buying_refuse_change();
DROP FUNCTION buying_is_example(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("buying", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
