-- Distinct records by group, and in the group NULL all of them: one scan, so that the parts and the whole are of one moment.
-- `before` counts the period before, which ends where the current one begins.
SELECT
    key,
    countIf(is_current) AS records,
    countIf(is_current AND abstained) AS abstained_records,
    countIf(NOT is_current) AS before,
    countIf(is_current AND basis = 'judgement') AS judgement,
    countIf(is_current AND basis = 'facts') AS facts,
    countIf(is_current AND basis = 'text') AS text,
    countIf(is_current AND basis = 'pending') AS pending
FROM
(
    SELECT
        arrayJoin(arrayConcat([NULL], {{keys}})) AS key,
        occurred_at >= fromUnixTimestamp64Milli({current_since:Int64}, 'UTC') AS is_current,
        abstained,
        basis
    FROM
    (
{{attributed}}
    )
    WHERE {{filters}}
)
GROUP BY key
ORDER BY isNull(key) DESC, records DESC, key
LIMIT {limit:UInt32}
