-- Since when lanes did something else than was known before a run of the source: where its deliveries began, where those of their
-- orders did, since of these one counts, and where they began before they were told anew.
SELECT
    toString(lane_origin) AS origin,
    toString(lane_destination) AS destination,
    toString(lane_carrier) AS carrier,
    toString(lane_service) AS service,
    toUnixTimestamp64Milli(min(began)) AS began
FROM
(
    SELECT lane_origin, lane_destination, lane_carrier, lane_service, started_at AS began
    FROM deliveries
    WHERE {{of_orders}}
    UNION ALL
    SELECT lane_origin, lane_destination, lane_carrier, lane_service, assumeNotNull(began)
    FROM retold
    WHERE {{slice}} AND kept_in = 'deliveries' AND began IS NOT NULL
)
GROUP BY origin, destination, carrier, service
