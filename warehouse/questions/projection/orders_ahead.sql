    -- Time went back, or nobody knows where it was: what lies ahead of it was perhaps seen.
    UNION ALL SELECT order_key FROM promises WHERE made_at > fromUnixTimestamp64Milli({as_of:Int64}, 'UTC')
    UNION ALL SELECT order_key FROM deliveries
    WHERE started_at > fromUnixTimestamp64Milli({as_of:Int64}, 'UTC')
        OR finished_at > fromUnixTimestamp64Milli({as_of:Int64}, 'UTC')
