-- Complaints with an over-promise share by lane: who answers for how many, what these customers were promised, and what the lane
-- could do, as medians.
SELECT
    lane,
    count() AS records,
    quantileExactLow(0.5)(assumeNotNull(p)) AS promised_min,
    quantileExactLow(0.5)(toInt64(assumeNotNull(c))) AS capability_min,
    sumMap([toString(owner)], [toUInt64(1)]).1 AS owners,
    sumMap([toString(owner)], [toUInt64(1)]).2 AS owner_records
FROM
(
    SELECT
        lane,
        promised_min AS p,
        capability_min AS c,
        responsible.department[arrayFirstIndex(reason -> reason IN ('overpromise', 'rule_quoted'), responsible.reason)] AS owner
    FROM attributions FINAL
    WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND kind = 'complaint'
        AND arrayExists(reason -> reason IN ('overpromise', 'rule_quoted'), responsible.reason)
        AND promised_min IS NOT NULL AND capability_min IS NOT NULL
)
GROUP BY lane
ORDER BY records DESC, lane
