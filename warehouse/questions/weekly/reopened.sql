-- Cases opened again in the span, by who had held them when they were called done.
SELECT toString(before) AS department, uniqExact(case_key) AS cases
FROM
(
    SELECT
        case_key,
        kind,
        occurred_at,
        lagInFrame(toString(holder), 1, '') OVER (
            PARTITION BY case_key ORDER BY occurred_at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS before
    FROM case_events FINAL
    WHERE case_key IN
    (
        SELECT case_key FROM case_events FINAL
        WHERE kind = 'reopened'
            AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    )
)
WHERE kind = 'reopened' AND before != ''
    AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY department
ORDER BY department
