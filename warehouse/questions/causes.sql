-- Distinct records by group, and in the group NULL all of them: one scan, so that the parts and the whole are of one moment.
-- `before` counts the period before, which ends where the current one begins.
SELECT
    key,
    sumIf(n, is_current) AS records,
    sumIf(n, is_current AND abstained) AS abstained_records,
    sumIf(n, NOT is_current) AS before,
    sumIf(n, is_current AND basis = 'judgement') AS judgement,
    sumIf(n, is_current AND basis = 'facts') AS facts,
    sumIf(n, is_current AND basis = 'text') AS text,
    sumIf(n, is_current AND basis = 'pending') AS pending
FROM
(
    SELECT
        arrayJoin(arrayConcat([NULL], {{keys}})) AS key,
        occurred_at >= fromUnixTimestamp64Milli({current_since:Int64}, 'UTC') AS is_current,
        abstained,
        basis,
        n
    FROM
    (
{{counted}}
    )
    WHERE {{filters}}
)
GROUP BY key
ORDER BY isNull(key) DESC, records DESC, key
LIMIT {limit:UInt32}
