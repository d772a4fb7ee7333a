-- What lanes did: of each order the delivery that counts, as the projection noted it.
SELECT
    toString(lane_origin) AS origin,
    toString(lane_destination) AS destination,
    toString(lane_carrier) AS carrier,
    toString(lane_service) AS service,
    toUnixTimestamp64Milli(started_at) AS started,
    toUnixTimestamp64Milli(finished_at) AS finished
FROM lane_trips FINAL
WHERE {{lanes}}
    AND {{window}}
