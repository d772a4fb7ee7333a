-- Whether the newest row of a table counts, and was not told anew for another time.
SELECT count() AS total
FROM {{table}} FINAL
WHERE occurred_at >= fromUnixTimestamp64Milli({latest:Int64}, 'UTC')
