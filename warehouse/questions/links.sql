-- Where what is linked to some keys may lie.
SELECT DISTINCT key, kept_in, toUnixTimestamp64Milli(occurred_at) AS at, event
FROM links
WHERE key IN {keys:Array(UInt64)}
SETTINGS max_threads = 1
