    UNION ALL SELECT d.order_key
    FROM deliveries AS d
    CROSS JOIN
    (
{{standing}}
    ) AS p
    WHERE d.started_at >= p.made_at AND (p.valid_until IS NULL OR d.started_at < p.valid_until)
        AND (p.lane_origin = '' OR p.lane_origin = d.lane_origin)
        AND (p.lane_destination = '' OR p.lane_destination = d.lane_destination)
        AND (p.lane_carrier = '' OR p.lane_carrier = d.lane_carrier)
        AND (p.lane_service = '' OR p.lane_service = d.lane_service)
        -- What comes after the slice touches itself, and finds the promise then: while much waits that is nearly everything.
        AND NOT (d.partition_source = {source:String} AND d.partition_number = {number:UInt32}
            AND d.partition_offset >= {upto:UInt64})
