-- Hours of records about which something was told before a version and not again since.
SELECT DISTINCT toUnixTimestamp(toStartOfHour(occurred_at)) AS hour
FROM attributions FINAL
WHERE version < {version:UInt64}
