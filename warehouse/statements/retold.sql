-- What live rows say of their links, before others take their places.
SELECT
    t.{id:Identifier} AS event_id,
    t.occurred_at AS occurred_at,
    t.customer_key AS customer_key,
    t.order_key AS order_key,
    t.case_key AS case_key,
    t.call_id AS call_id,
    {{about}} AS about,
    toString(t.lane_origin) AS lane_origin,
    toString(t.lane_destination) AS lane_destination,
    toString(t.lane_carrier) AS lane_carrier,
    toString(t.lane_service) AS lane_service,
    {{began}} AS began,
    {{valid_until}} AS valid_until
FROM {table:Identifier} AS t FINAL
WHERE (t.occurred_at, t.{id:Identifier}) IN
(
    SELECT fromUnixTimestamp64Milli(key.1, 'UTC'), key.2
    FROM (SELECT arrayJoin(arrayZip({times:Array(Int64)}, {ids:Array(String)})) AS key)
)
