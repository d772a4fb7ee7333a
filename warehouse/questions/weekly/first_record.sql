-- Time of the oldest record; nothing where there is none.
SELECT toUnixTimestamp64Milli(occurred_at) AS at FROM records FINAL ORDER BY occurred_at LIMIT 1
