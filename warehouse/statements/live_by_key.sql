-- Live rows under some keys. The primary key narrows it down to the times. (`IN` over an array computed from the parameter would
-- compare every row with every element: 5 s for 5 000 keys where this takes 0.04 s.)
SELECT
    t.{id:Identifier} AS id,
    t.occurred_at AS occurred_at,
    t.content_hash AS content_hash,
    t.version AS version
FROM {table:Identifier} AS t FINAL
WHERE (t.occurred_at, t.{id:Identifier}) IN
(
    SELECT fromUnixTimestamp64Milli(key.1, 'UTC'), key.2
    FROM (SELECT arrayJoin(arrayZip({times:Array(Int64)}, {ids:Array(String)})) AS key)
)
