-- Records that want a person: too unsure, or read with a low score, and not yet corrected; the least sure first, and how many they are.
SELECT
    record_id,
    toUnixTimestamp64Milli(occurred_at) AS at,
    if(empty(causes.score), kind_score, arrayMin(causes.score)) AS lowest,
    abstained,
    count() OVER () AS total
FROM records FINAL
WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND (abstained OR lowest < {threshold:Float64})
    AND record_id NOT IN (SELECT record_id FROM corrections FINAL)
ORDER BY abstained DESC, lowest, record_id
LIMIT {limit:UInt32}
