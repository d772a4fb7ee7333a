-- What lanes of some carriers and services did: of each order the delivery that counts, a finished one rather than an open one,
-- then what was sent last.
SELECT
    tupleElement(trip, 1) AS lane_origin,
    tupleElement(trip, 2) AS lane_destination,
    tupleElement(trip, 3) AS lane_carrier,
    tupleElement(trip, 4) AS lane_service,
    tupleElement(trip, 5) AS started_at,
    tupleElement(trip, 6) AS finished_at
FROM
(
    SELECT
        argMax(
            (toString(lane_origin), toString(lane_destination), toString(lane_carrier), toString(lane_service),
                toUnixTimestamp64Milli(started_at), toUnixTimestamp64Milli(finished_at)),
            (isNotNull(finished_at), occurred_at, event_id)) AS trip
    FROM deliveries FINAL
    WHERE concat(lane_carrier, '\t', lane_service) IN {families:Array(String)}
    GROUP BY order_key
)
WHERE started_at >= {since:Int64} AND started_at < {until:Int64}
