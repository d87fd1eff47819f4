"""The SQL of a load. Temporary tables: ``places_stage`` (the file) and ``places_stage_sector``.

The first statement drops what an earlier load in the same transaction left behind (in tests).
"""

MAKE_STAGE = """
DROP TABLE IF EXISTS pg_temp.places_stage, pg_temp.places_stage_sector;
CREATE TEMPORARY TABLE places_stage (
    line integer NOT NULL,
    unit varchar(8) NOT NULL,
    latitude float8 NOT NULL,
    longitude float8 NOT NULL,
    ward varchar(9),
    given text NOT NULL
) ON COMMIT DROP
"""

COPY_STAGE = "COPY places_stage (line, unit, latitude, longitude, ward, given) FROM STDIN"

ANALYSE_STAGE = "ANALYZE places_stage"

# The first of several rows stays. Lines are found by number, so one pass over the table will do.
DELETE_REPEATED = """
WITH repeated AS (
    DELETE FROM places_stage USING (
        SELECT unit, min(line) AS first FROM places_stage GROUP BY unit HAVING count(*) > 1
    ) AS kept
    WHERE places_stage.unit = kept.unit AND places_stage.line > kept.first
    RETURNING places_stage.line
)
SELECT count(*), (array_agg(line ORDER BY line))[:5] FROM repeated
"""

COMPARE = """
SELECT
    count(*) FILTER (WHERE loaded.unit IS NULL),
    count(*) FILTER (WHERE loaded.unit IS NOT NULL AND differs),
    count(*) FILTER (WHERE loaded.unit IS NOT NULL AND NOT differs),
    count(*) FILTER (WHERE loaded.ward_id IS NOT NULL AND stage.ward IS NULL),
    (SELECT count(*) FROM places_postcode) - count(loaded.unit)
FROM places_stage AS stage
LEFT JOIN places_postcode AS loaded ON loaded.unit = stage.unit
CROSS JOIN LATERAL (
    SELECT (loaded.latitude, loaded.longitude, loaded.ward_id)
        IS DISTINCT FROM (stage.latitude, stage.longitude, stage.ward) AS differs
) AS comparison
"""

# Postcodes as they will be: the file's, and those that only the database has.
_AFTER = """
after AS (
    SELECT unit, latitude, longitude, ward FROM places_stage
    UNION ALL
    SELECT unit, latitude, longitude, ward_id FROM places_postcode AS loaded
    WHERE NOT EXISTS (SELECT FROM places_stage WHERE places_stage.unit = loaded.unit)
)
"""

PER_WARD = f"""
WITH {_AFTER}
SELECT name, count(unit) FROM places_ward LEFT JOIN after ON ward = code GROUP BY name
UNION ALL
SELECT NULL, count(*) FROM after WHERE ward IS NULL
ORDER BY 1
"""  # noqa: S608 - put together from constants only

# Wards outside Leeds on postcodes of sectors that lie wholly inside.
STRANGE_WARDS = """
SELECT given, count(*)
FROM places_stage AS stage
JOIN places_postcodesector AS sector ON sector.code = left(stage.unit, -2)
WHERE stage.ward IS NULL AND given <> '' AND postcodes_in_leeds = postcodes_all
GROUP BY given
HAVING count(*) >= %s
ORDER BY 2 DESC, 1
"""

# Means over exact numbers, so that the order of rows cannot change the last digit; 5 decimals are
# a metre. Only sectors that the file has postcodes in.
STAGE_SECTORS = f"""
CREATE TEMPORARY TABLE places_stage_sector ON COMMIT DROP AS
WITH {_AFTER}, fresh AS (
    SELECT
        left(unit, -2)::varchar(6) AS code,
        round(avg(latitude::numeric), 5)::float8 AS latitude,
        round(avg(longitude::numeric), 5)::float8 AS longitude,
        mode() WITHIN GROUP (ORDER BY ward) AS main_ward,
        count(ward)::int AS in_leeds,
        count(*)::int AS in_mean
    FROM after
    GROUP BY 1
)
SELECT fresh.*, greatest(in_mean, known.postcodes_all) AS in_all, known.code IS NULL AS is_new
FROM fresh
LEFT JOIN places_postcodesector AS known ON known.code = fresh.code
WHERE known.code IS NULL
    OR (in_mean >= known.postcodes_in_mean
        AND (known.latitude, known.longitude, known.main_ward_id, known.postcodes_in_leeds,
             known.postcodes_in_mean, known.postcodes_all)
            IS DISTINCT FROM
            (fresh.latitude, fresh.longitude, main_ward, in_leeds, in_mean,
             greatest(in_mean, known.postcodes_all)))
"""  # noqa: S608 - put together from constants only

COMPARE_SECTORS = """
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM places_stage_sector
"""

WRITE_POSTCODES = """
INSERT INTO places_postcode AS loaded (unit, latitude, longitude, ward_id)
SELECT unit, latitude, longitude, ward FROM places_stage ORDER BY unit
ON CONFLICT (unit) DO UPDATE SET
    latitude = excluded.latitude, longitude = excluded.longitude, ward_id = excluded.ward_id
WHERE (loaded.latitude, loaded.longitude, loaded.ward_id)
    IS DISTINCT FROM (excluded.latitude, excluded.longitude, excluded.ward_id)
"""

WRITE_SECTORS = """
INSERT INTO places_postcodesector
    (code, latitude, longitude, main_ward_id, postcodes_in_leeds, postcodes_in_mean, postcodes_all)
SELECT code, latitude, longitude, main_ward, in_leeds, in_mean, in_all
FROM places_stage_sector ORDER BY code
ON CONFLICT (code) DO UPDATE SET
    latitude = excluded.latitude, longitude = excluded.longitude,
    main_ward_id = excluded.main_ward_id, postcodes_in_leeds = excluded.postcodes_in_leeds,
    postcodes_in_mean = excluded.postcodes_in_mean, postcodes_all = excluded.postcodes_all
"""
