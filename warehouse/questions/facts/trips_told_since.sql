-- The same where the projection has not seen all: orders told of since that were or may be on these lanes are worked out here, each from
-- all its deliveries, since the one that counts may be another lane's: a finished one rather than an open one, then what was sent last.
SELECT *
FROM
(
{{trips}}
    AND order_key NOT IN
    (
{{orders}}
    )
)
UNION ALL
SELECT
    toString(lane_origin),
    toString(lane_destination),
    toString(lane_carrier),
    toString(lane_service),
    toUnixTimestamp64Milli(started_at),
    toUnixTimestamp64Milli(finished_at)
FROM
(
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
                (lane_origin, lane_destination, lane_carrier, lane_service, started_at, finished_at),
                (isNotNull(finished_at), occurred_at, event_id)) AS trip
        FROM deliveries FINAL
        PREWHERE (occurred_at, event_id) IN
        (
            SELECT occurred_at, event_id
            FROM deliveries
            WHERE order_key IN
            (
{{orders}}
            )
        )
        WHERE order_key IN
        (
{{orders}}
        )
        GROUP BY order_key
    )
)
WHERE {{lanes}}
    AND {{window}}
