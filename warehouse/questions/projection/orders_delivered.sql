order_key IN
    (
        SELECT order_key FROM deliveries WHERE {{slice}}
        UNION ALL SELECT order_key FROM retold WHERE {{slice}} AND kept_in = 'deliveries'
    )
