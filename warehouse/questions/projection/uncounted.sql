-- Days of which hours are to be counted again, the newest first. What was touched just now may be touched by others yet: it waits.
SELECT toUInt32(intDiv(t.begins_s, 86400) * 86400) AS day, groupArray(t.begins_s) AS hours
FROM touched_hours AS t FINAL
LEFT JOIN (SELECT begins_s, version FROM counted_spans FINAL WHERE width_h = 1) AS c ON c.begins_s = t.begins_s
WHERE t.version >= c.version AND t.version < {before:UInt64}
GROUP BY day
ORDER BY day DESC
LIMIT {days:UInt32}
