SELECT count() AS total
FROM
(
    SELECT record_id, abstained, if(empty(causes.score), kind_score, arrayMin(causes.score)) AS lowest
    FROM records FINAL
    WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND (abstained OR lowest < {threshold:Float64})
)
WHERE record_id NOT IN (SELECT record_id FROM corrections FINAL)
