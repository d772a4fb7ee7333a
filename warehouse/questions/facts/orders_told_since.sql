        SELECT order_key FROM deliveries WHERE order_key != toFixedString('', 16) AND ({{unseen}})
        UNION ALL
        SELECT order_key FROM retold WHERE kept_in = 'deliveries' AND order_key != toFixedString('', 16) AND ({{unseen}})
