-- One quote per cause: of the complaints whose primary cause it is, that are not abusive, were not corrected and are neither too
-- short nor too long, the surest; then the one nearest to a good length; then the earliest; then the smallest id.
SELECT
    toString(code) AS code,
    argMin(record_id, rank) AS record_id,
    argMin(text, rank) AS text
FROM
(
    SELECT
        causes.code[1] AS code,
        record_id,
        text,
        tuple(-causes.score[1], abs(toInt32(lengthUTF8(text)) - {length:Int32}), occurred_at, record_id) AS rank
    FROM records FINAL
    WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND kind = 'complaint' AND notEmpty(causes.code) AND NOT abuse AND NOT abstained
        AND lengthUTF8(text) BETWEEN {shortest:UInt32} AND {longest:UInt32}
        AND record_id NOT IN (SELECT record_id FROM corrections FINAL WHERE causes_corrected)
)
GROUP BY code
ORDER BY code
