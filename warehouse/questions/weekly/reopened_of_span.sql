            SELECT case_key
            FROM case_events
            WHERE kind = 'reopened'
                AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
                AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
