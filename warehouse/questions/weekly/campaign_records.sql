-- Records of the span that may be linked to a promotion: those that name a lane a promotion stands on, those whose order has
-- an advert of its own, and those whose order was sent along a carrier and service that a promotion stands on.
SELECT
{{columns}}
FROM
(
    SELECT * REPLACE ('' AS text, '' AS unknown_fields)
    FROM records FINAL
    WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND (
            has({families:Array(String)}, concat(lane_carrier, '\t', lane_service))
            OR (order_key != toFixedString('', 16) AND order_key IN
            (
                SELECT order_key FROM promises FINAL WHERE made_by_kind = 'advert'
                UNION ALL
                SELECT order_key FROM deliveries FINAL
                WHERE has({families:Array(String)}, concat(lane_carrier, '\t', lane_service))
            ))
        )
)
ORDER BY occurred_at, record_id
LIMIT {limit:UInt32}
