started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
