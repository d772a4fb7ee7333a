-- Time of the newest event of all streams, found by reading everything; nothing where there is none.
SELECT max(time) AS newest
FROM
(
    SELECT occurred_at AS time FROM records FINAL ORDER BY occurred_at DESC LIMIT 1
    UNION ALL SELECT occurred_at FROM promises FINAL ORDER BY occurred_at DESC LIMIT 1
    UNION ALL SELECT occurred_at FROM deliveries FINAL ORDER BY occurred_at DESC LIMIT 1
    UNION ALL SELECT occurred_at FROM case_events FINAL ORDER BY occurred_at DESC LIMIT 1
    UNION ALL SELECT occurred_at FROM department_requests FINAL ORDER BY occurred_at DESC LIMIT 1
    UNION ALL SELECT occurred_at FROM department_replies FINAL ORDER BY occurred_at DESC LIMIT 1
    UNION ALL SELECT occurred_at FROM judgements FINAL ORDER BY occurred_at DESC LIMIT 1
    UNION ALL SELECT occurred_at FROM appeals FINAL ORDER BY occurred_at DESC LIMIT 1
    UNION ALL SELECT occurred_at FROM corrections FINAL ORDER BY occurred_at DESC LIMIT 1
)
HAVING count() > 0
