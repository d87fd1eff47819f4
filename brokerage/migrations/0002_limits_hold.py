"""The database itself keeps the limits, and what both sides said.

Held places, amounts, turns and hours may always fall, and never rise above the limit: a limit that
is lowered under what was agreed keeps what was agreed. Terms of a version, figures that were
confirmed and events are never changed; exchanges, and notices that were on the board, are never
deleted but for those of example organisations, which can be made anew.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION brokerage_refuse(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', what USING ERRCODE = 'check_violation';
END
$$;

CREATE FUNCTION brokerage_notice_limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seats_held > OLD.seats_held AND NEW.seats_held > NEW.places_max THEN
        PERFORM brokerage_refuse('More places would be held than there are.');
    END IF;
    IF NEW.amount_held > OLD.amount_held AND NEW.amount_held > NEW.amount THEN
        PERFORM brokerage_refuse('More would be held than there is.');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER limits_hold BEFORE UPDATE OF seats_held, amount_held ON brokerage_notice
    FOR EACH ROW EXECUTE FUNCTION brokerage_notice_limit();

CREATE FUNCTION brokerage_month_limit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most integer;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.groups_held <= OLD.groups_held THEN
        RETURN NEW;
    END IF;
    SELECT groups_a_month INTO most FROM brokerage_hostcapacity
    WHERE organisation_id = NEW.organisation_id;
    IF NEW.groups_held > most THEN
        PERFORM brokerage_refuse('More groups would be held in the month than the host takes.');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER limits_hold BEFORE INSERT OR UPDATE OF groups_held ON brokerage_hostmonth
    FOR EACH ROW EXECUTE FUNCTION brokerage_month_limit();

CREATE FUNCTION brokerage_hours_limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.hours_held > OLD.hours_held AND NEW.hours_held > NEW.hours THEN
        PERFORM brokerage_refuse('More hours would be held than were released.');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER limits_hold BEFORE UPDATE OF hours_held ON brokerage_releasedhours
    FOR EACH ROW EXECUTE FUNCTION brokerage_hours_limit();

CREATE FUNCTION brokerage_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pointers text[] := CASE TG_TABLE_NAME
        WHEN 'brokerage_exchangeversion' THEN
            ARRAY['status', 'host_confirmed_at', 'giver_confirmed_at', 'made_by_id']
        WHEN 'brokerage_exchangeevent' THEN ARRAY['version_id', 'reason']
        ELSE ARRAY['made_by_id', 'words', 'reason']
    END;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (
            SELECT FROM brokerage_exchange e
            JOIN accounts_organisation o ON o.id IN (e.host_id, e.giver_id)
            WHERE e.id = OLD.exchange_id AND o.is_example
        ) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'What was said of an exchange stands.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_TABLE_NAME = 'brokerage_actual' AND to_jsonb(OLD) -> 'confirmed_at' = 'null'::jsonb THEN
        pointers := pointers || ARRAY['confirmed_at', 'confirmed_by'];
    END IF;
    IF to_jsonb(NEW) - pointers = to_jsonb(OLD) - pointers THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'What was said of an exchange stands.' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER stands BEFORE UPDATE OR DELETE ON brokerage_exchangeversion
    FOR EACH ROW EXECUTE FUNCTION brokerage_stands();
CREATE TRIGGER stands BEFORE UPDATE OR DELETE ON brokerage_exchangeevent
    FOR EACH ROW EXECUTE FUNCTION brokerage_stands();
CREATE TRIGGER stands BEFORE UPDATE OR DELETE ON brokerage_actual
    FOR EACH ROW EXECUTE FUNCTION brokerage_stands();

CREATE FUNCTION brokerage_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parties bigint[];
BEGIN
    IF TG_TABLE_NAME = 'brokerage_exchange' THEN
        parties := ARRAY[OLD.host_id, OLD.giver_id];
    ELSIF OLD.published_at IS NULL THEN
        RETURN OLD;
    ELSE
        parties := ARRAY[OLD.organisation_id];
    END IF;
    IF EXISTS (SELECT FROM accounts_organisation WHERE id = ANY(parties) AND is_example) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'It is closed, not deleted.' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER stays BEFORE DELETE ON brokerage_exchange
    FOR EACH ROW EXECUTE FUNCTION brokerage_stays();
CREATE TRIGGER stays BEFORE DELETE ON brokerage_notice
    FOR EACH ROW EXECUTE FUNCTION brokerage_stays();
"""
BACKWARDS = """
DROP TRIGGER stays ON brokerage_notice;
DROP TRIGGER stays ON brokerage_exchange;
DROP TRIGGER stands ON brokerage_actual;
DROP TRIGGER stands ON brokerage_exchangeevent;
DROP TRIGGER stands ON brokerage_exchangeversion;
DROP TRIGGER limits_hold ON brokerage_releasedhours;
DROP TRIGGER limits_hold ON brokerage_hostmonth;
DROP TRIGGER limits_hold ON brokerage_notice;
DROP FUNCTION brokerage_stays();
DROP FUNCTION brokerage_stands();
DROP FUNCTION brokerage_hours_limit();
DROP FUNCTION brokerage_month_limit();
DROP FUNCTION brokerage_notice_limit();
DROP FUNCTION brokerage_refuse(text);
"""


class Migration(migrations.Migration):
    dependencies = [("brokerage", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
