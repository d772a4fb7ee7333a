-- Standing promises of a slice of the source, as they stand and as they stood before they were told anew.
    SELECT made_at, valid_until, lane_origin, lane_destination, lane_carrier, lane_service
    FROM promises
    WHERE {{slice}} AND order_key = toFixedString('', 16) AND case_key = toFixedString('', 16)
    UNION ALL
    SELECT assumeNotNull(began), valid_until, lane_origin, lane_destination, lane_carrier, lane_service
    FROM retold
    WHERE {{slice}} AND kept_in = 'promises' AND began IS NOT NULL
        AND order_key = toFixedString('', 16) AND case_key = toFixedString('', 16)
