-- What each department was asked, and how late it answered.
SELECT
    toString(asked) AS department,
    count() AS requests,
    countIf(late_minutes > 0) AS late,
    sum(late_minutes) AS late_min,
    countIf(is_open) AS open,
    countIf(is_open AND late_minutes > 0) AS overdue
FROM {{rows}}
ARRAY JOIN requests.to_department AS asked, requests.late_min AS late_minutes, requests.open AS is_open, requests.asked_at AS at
WHERE at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY department
