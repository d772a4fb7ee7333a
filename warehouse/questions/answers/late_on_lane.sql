lane_carrier = {carrier:String}
    AND lane_service = {service:String}
    AND lane_origin = {origin:String}
    AND lane_destination = {destination:String}
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND late_min > 0
