    -- Time went back, or nobody knows where it was: what lies ahead of it was perhaps seen.
    UNION ALL SELECT case_key FROM promises WHERE made_at > fromUnixTimestamp64Milli({as_of:Int64}, 'UTC')
