-- Weeks with a published report, the newest first, with their newest edition.
SELECT toString(week) AS week, max(edition) AS edition, toUnixTimestamp64Milli(min(published_at)) AS at
FROM weekly_reports
GROUP BY week
ORDER BY week DESC
LIMIT {limit:UInt32}
