-- The table whose newest row, as it stands or stood, is the newest of all: parts know their last key. Nothing where there is none.
SELECT name, toUnixTimestamp64Milli(time) AS latest
FROM
(
{{tables}}
)
WHERE time > toDateTime64(0, 3, 'UTC')
ORDER BY time DESC
LIMIT 1
