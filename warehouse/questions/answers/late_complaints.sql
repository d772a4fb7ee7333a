-- How long the deliveries of a lane took, in minutes, that customers complained about as late.
SELECT assumeNotNull(actual_min) AS minutes
FROM attributions FINAL
WHERE lane = {lane:String}
    AND started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND stream IN ('complaints', 'call-notes')
    AND late_min > 0
    AND has([{{delays}}], causes[1])
    AND actual_min IS NOT NULL
