-- Cases opened again in the span, by who had held them when they were called done. First the keys of what may be their steps, as rows
-- stand or stood: only rows of these keys are merged.
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
    PREWHERE (occurred_at, event_id) IN
    (
        SELECT occurred_at, event_id
        FROM case_events
        WHERE case_key IN
        (
{{reopened}}
        )
    )
    WHERE case_key IN
    (
{{reopened}}
    )
)
WHERE kind = 'reopened' AND before != ''
    AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY department
ORDER BY department
