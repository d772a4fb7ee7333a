        -- On the lane as it is told since, or where it was before it was told of again; and where told anew, wherever it was.
        SELECT order_key
        FROM deliveries
        WHERE ({{unseen}}) AND order_key != toFixedString('', 16)
            AND (({{lanes}} AND {{window}}) OR order_key IN (SELECT order_key FROM lane_trips WHERE {{lanes}} AND {{window}}))
        UNION ALL
        SELECT order_key FROM retold WHERE kept_in = 'deliveries' AND order_key != toFixedString('', 16) AND ({{unseen}})
