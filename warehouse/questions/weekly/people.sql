-- Commendations, exonerations, abuse, and how much fell to agents a day, in one row.
SELECT
    ifNull((SELECT count() FROM records FINAL
        WHERE stream = 'commendations'
            AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')), 0) AS commendations,
    ifNull((SELECT count() FROM attributions FINAL
        WHERE notEmpty(exonerated.agent_no)
            AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')), 0) AS exonerated,
    sum(abusive) AS abuse,
    countIf(agent_no != '') AS agent_days,
    countIf(agent_no != '' AND contacts < {low:UInt32}) AS days_under,
    countIf(agent_no != '' AND contacts > {high:UInt32}) AS days_over
FROM
(
    SELECT agent_no, formatDateTime(occurred_at, '%F', {zone:String}) AS day, count() AS contacts, countIf(abuse) AS abusive
    FROM records FINAL
    WHERE stream IN ('complaints', 'call-notes')
        AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    GROUP BY agent_no, day
)
