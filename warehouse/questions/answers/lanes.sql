-- Lanes that deliveries or promises name, the busiest first.
SELECT lane_origin AS origin, lane_destination AS destination, lane_carrier AS carrier, lane_service AS service
FROM
(
    SELECT toString(lane_origin) AS lane_origin, toString(lane_destination) AS lane_destination,
        toString(lane_carrier) AS lane_carrier, toString(lane_service) AS lane_service, count() AS seen
    FROM deliveries
    WHERE lane = {lane:String}
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT toString(lane_origin), toString(lane_destination), toString(lane_carrier), toString(lane_service), 0
    FROM promises
    WHERE lane = {lane:String}
    GROUP BY 1, 2, 3, 4
)
GROUP BY 1, 2, 3, 4
ORDER BY sum(seen) DESC
LIMIT 1
