-- The busiest lane of a name among those its parts may make: found along the key of what lanes did.
SELECT
    toString(lane_origin) AS origin,
    toString(lane_destination) AS destination,
    toString(lane_carrier) AS carrier,
    toString(lane_service) AS service
FROM lane_trips
WHERE lane_carrier IN {carriers:Array(String)}
    AND lane_service IN {services:Array(String)}
    AND lane_origin IN {origins:Array(String)}
    AND lane_destination IN {destinations:Array(String)}
    AND concat(lane_origin, '→', lane_destination, '/', lane_carrier, '/', lane_service) = {lane:String}
GROUP BY lane_origin, lane_destination, lane_carrier, lane_service
ORDER BY count() DESC
LIMIT 1
