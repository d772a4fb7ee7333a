-- Orders whose ledger a slice of the source touches: those of its facts, and those under its standing promises.
SELECT DISTINCT order_key AS key
FROM
(
    SELECT order_key FROM promises WHERE {{slice}}
    UNION ALL SELECT order_key FROM deliveries WHERE {{slice}}
    UNION ALL SELECT order_key FROM retold WHERE {{slice}} AND kept_in IN ('promises', 'deliveries')
    UNION ALL SELECT d.order_key
    FROM deliveries AS d FINAL
    CROSS JOIN
    (
{{standing}}
    ) AS p
    WHERE d.started_at >= p.made_at AND (p.valid_until IS NULL OR d.started_at < p.valid_until)
        AND (p.lane_origin = '' OR p.lane_origin = d.lane_origin)
        AND (p.lane_destination = '' OR p.lane_destination = d.lane_destination)
        AND (p.lane_carrier = '' OR p.lane_carrier = d.lane_carrier)
        AND (p.lane_service = '' OR p.lane_service = d.lane_service)
    UNION ALL SELECT unit_key FROM promise_entries FINAL WHERE unit = 'order' AND moves AND {moved:Bool}
    -- Time went back, or nobody knows where it was: what lies ahead of it was perhaps seen.
    UNION ALL SELECT order_key FROM promises FINAL
    WHERE {back:Bool} AND made_at > fromUnixTimestamp64Milli({as_of:Int64}, 'UTC')
    UNION ALL SELECT order_key FROM deliveries FINAL
    WHERE {back:Bool}
        AND (started_at > fromUnixTimestamp64Milli({as_of:Int64}, 'UTC')
            OR finished_at > fromUnixTimestamp64Milli({as_of:Int64}, 'UTC'))
)
WHERE order_key != toFixedString('', 16)
