-- Standing promises made in the span.
SELECT promise_id, toString({{group}}) AS key
FROM promises FINAL
PREWHERE (occurred_at, event_id) IN (SELECT occurred_at, event_id FROM promises WHERE greatest(order_key, case_key) = toFixedString('', 16))
WHERE greatest(order_key, case_key) = toFixedString('', 16)
    AND made_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND made_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
