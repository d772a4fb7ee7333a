-- Lanes with the most late complaints, then the most deliveries, begun in the span: what a what-if may be asked about.
SELECT lane, sum(deliveries) AS deliveries, sum(late) AS late_complaints
FROM
(
    SELECT lane, count() AS deliveries, 0 AS late
    FROM deliveries FINAL
    WHERE lane != '' AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    GROUP BY lane
    UNION ALL
    SELECT lane, 0 AS deliveries, count() AS late
    FROM attributions FINAL
    WHERE lane != '' AND late_min > 0 AND stream IN ('complaints', 'call-notes') AND has([{{delays}}], causes[1])
        AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    GROUP BY lane
)
GROUP BY lane
ORDER BY late_complaints DESC, deliveries DESC, lane
LIMIT {limit:UInt32}
