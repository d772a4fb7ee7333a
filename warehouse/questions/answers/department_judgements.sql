-- Judgements under a name (the department judged, or the judge), and those that an appeal overturned: the judgement after an appeal
-- has another verdict or department.
SELECT
    toString(name) AS key,
    count() AS given,
    countIf(answered) AS appealed,
    countIf(answered AND (next_verdict != verdict OR next_department != department)) AS overturned
FROM
(
    SELECT
        {{name}} AS name,
        verdict,
        department,
        occurred_at,
        leadInFrame(appeal_id, 1, '') OVER following != '' AS answered,
        leadInFrame(verdict, 1, '') OVER following AS next_verdict,
        leadInFrame(department, 1, '') OVER following AS next_department
    FROM
    (
        SELECT record_id, event_id, occurred_at, toString(verdict) AS verdict, toString(department) AS department,
            toString(judge) AS judge, appeal_id
        FROM judgements FINAL
    )
    WINDOW following AS (
        PARTITION BY record_id ORDER BY occurred_at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY key
