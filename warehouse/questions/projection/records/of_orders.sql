-- Those of its orders, by themselves or by their call.
    SELECT occurred_at, record_id
    FROM records
    WHERE order_key IN
    (
{{orders}}
    )
    UNION ALL
    SELECT occurred_at, record_id
    FROM attributions FINAL
    WHERE order_key IN
    (
{{orders}}
    )
