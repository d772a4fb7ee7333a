-- Those of its orders, by themselves or by their call; rows that were replaced name some in vain.
    SELECT occurred_at, record_id FROM records WHERE order_key IN {{orders}}
    UNION ALL
    SELECT occurred_at, record_id FROM attributions WHERE order_key IN {{orders}}
