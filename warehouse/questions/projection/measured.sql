-- What records were measured by on some carriers' services: the lane, the time it was seen from, and what it could do then.
SELECT
    record_id,
    toUnixTimestamp64Milli(occurred_at) AS occurred,
    toString(lane_origin) AS origin,
    toString(lane_destination) AS destination,
    toString(lane_carrier) AS carrier,
    toString(lane_service) AS service,
    toUnixTimestamp64Milli(assumeNotNull(measured_at)) AS measured,
    capability_min,
    toString(capability_level) AS level
FROM attributions FINAL
WHERE late_min IS NOT NULL
    AND measured_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND measured_at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND concat(lane_carrier, '\t', lane_service) IN {families:Array(String)}
