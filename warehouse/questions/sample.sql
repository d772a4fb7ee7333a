-- Some records of a span, always the same ones while the span holds the same.
SELECT
{{columns}}
FROM records FINAL
WHERE (occurred_at, record_id) IN
(
    SELECT occurred_at, record_id
    FROM records
    WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    ORDER BY cityHash64(record_id)
    LIMIT {limit:UInt32}
)
