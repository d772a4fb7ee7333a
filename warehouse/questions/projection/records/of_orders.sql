-- Those of its orders.
    SELECT occurred_at, record_id
    FROM records
    WHERE order_key IN
    (
{{orders}}
    )
