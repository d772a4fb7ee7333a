-- The whole behind the groups.
SELECT
    countIf(NOT earlier) AS records,
    countIf(earlier) AS records_before,
    countIf(NOT earlier AND abstained) AS abstained,
    countIf(NOT earlier AND has_cause) AS with_cause
FROM
(
    SELECT
        r.occurred_at < fromUnixTimestamp64Milli({since:Int64}, 'UTC') AS earlier,
        r.abstained AS abstained,
        notEmpty(r.causes.code) AS has_cause
    FROM records AS r FINAL
    WHERE {{filters}}
)
