-- Records whose reading other versions made, in the order of their key, after the last one of the page before.
SELECT
{{columns}}
FROM records FINAL
WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND (occurred_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC') OR record_id > {after_id:String})
    AND
{{stale}}
ORDER BY occurred_at, record_id
LIMIT {limit:UInt32}
