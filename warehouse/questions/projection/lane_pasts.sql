-- What lanes did over a span of time, one row per lane: of each order the delivery that counts. Its end is the far end of time while
-- it is under way.
SELECT
    toString(lane_origin) AS origin,
    toString(lane_destination) AS destination,
    toString(lane_carrier) AS carrier,
    toString(lane_service) AS service,
    groupArray(toUnixTimestamp64Milli(started_at)) AS started,
    groupArray(ifNull(toUnixTimestamp64Milli(finished_at), 9223372036854775807)) AS finished
FROM lane_trips FINAL
WHERE started_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND started_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY origin, destination, carrier, service
