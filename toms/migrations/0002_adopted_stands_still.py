"""The database itself keeps codes and what was adopted.

A code never changes. An adopted version's content never does: it may be retired, once, with a
successor and a reason. A version that was withdrawn stays, since its address still resolves. An
adopted release and its list stand as they were adopted.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION toms_keep_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.code IS DISTINCT FROM OLD.code THEN
        RAISE EXCEPTION 'Codes are permanent: % stays.', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER code_is_permanent BEFORE UPDATE OF code ON toms_theme
    FOR EACH ROW EXECUTE FUNCTION toms_keep_code();
CREATE TRIGGER code_is_permanent BEFORE UPDATE OF code ON toms_outcome
    FOR EACH ROW EXECUTE FUNCTION toms_keep_code();
CREATE TRIGGER code_is_permanent BEFORE UPDATE OF code ON toms_measure
    FOR EACH ROW EXECUTE FUNCTION toms_keep_code();
CREATE TRIGGER code_is_permanent BEFORE UPDATE OF code ON toms_unit
    FOR EACH ROW EXECUTE FUNCTION toms_keep_code();
CREATE TRIGGER code_is_permanent BEFORE UPDATE OF code ON toms_overlapgroup
    FOR EACH ROW EXECUTE FUNCTION toms_keep_code();

CREATE FUNCTION toms_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_move text[] := ARRAY['state', 'successor_id', 'ended_reason', 'ended_on', 'made_by_id',
                             'modified'];
BEGIN
    IF OLD.state IN ('draft', 'consultation') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - may_move = to_jsonb(OLD) - may_move
        AND (NEW.state = OLD.state OR (OLD.state = 'adopted' AND NEW.state = 'retired'))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'What was adopted or ended stands: % refused.', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER adopted_stands_still BEFORE UPDATE OR DELETE ON toms_measureversion
    FOR EACH ROW EXECUTE FUNCTION toms_keep_version();

CREATE FUNCTION toms_keep_release() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_move text[] := ARRAY['adopted_by_id', 'modified'];
    release bigint;
    adopted boolean;
BEGIN
    IF TG_TABLE_NAME = 'toms_release' THEN
        adopted := OLD.state = 'adopted';
    ELSE
        release := CASE WHEN TG_OP = 'INSERT' THEN NEW.release_id ELSE OLD.release_id END;
        SELECT state = 'adopted' INTO adopted FROM toms_release WHERE id = release;
        may_move := '{}';
        IF TG_OP = 'UPDATE' AND NOT coalesce(adopted, false) THEN
            SELECT state = 'adopted' INTO adopted FROM toms_release WHERE id = NEW.release_id;
        END IF;
    END IF;
    IF NOT coalesce(adopted, false) THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - may_move = to_jsonb(OLD) - may_move THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'An adopted release stands: % refused.', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER adopted_stands_still BEFORE UPDATE OR DELETE ON toms_release
    FOR EACH ROW EXECUTE FUNCTION toms_keep_release();
CREATE TRIGGER adopted_stands_still BEFORE INSERT OR UPDATE OR DELETE ON toms_releaseitem
    FOR EACH ROW EXECUTE FUNCTION toms_keep_release();
"""
BACKWARDS = """
DROP TRIGGER adopted_stands_still ON toms_releaseitem;
DROP TRIGGER adopted_stands_still ON toms_release;
DROP FUNCTION toms_keep_release();
DROP TRIGGER adopted_stands_still ON toms_measureversion;
DROP FUNCTION toms_keep_version();
DROP TRIGGER code_is_permanent ON toms_overlapgroup;
DROP TRIGGER code_is_permanent ON toms_unit;
DROP TRIGGER code_is_permanent ON toms_measure;
DROP TRIGGER code_is_permanent ON toms_outcome;
DROP TRIGGER code_is_permanent ON toms_theme;
DROP FUNCTION toms_keep_code();
"""


class Migration(migrations.Migration):
    dependencies = [("toms", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
