-- Distinct records by one cut, in the span asked about (from `since`) and in the one of the same length before it.
SELECT key, countIf(NOT earlier) AS records, countIf(earlier) AS records_before
FROM
(
    SELECT
        arrayJoin({{keys}}) AS key,
        r.occurred_at < fromUnixTimestamp64Milli({since:Int64}, 'UTC') AS earlier
    FROM records AS r FINAL
    WHERE {{filters}}
)
WHERE key != ''
GROUP BY key
HAVING records > 0 OR records_before > 0
ORDER BY records DESC, records_before DESC, key
LIMIT {limit:UInt32}
