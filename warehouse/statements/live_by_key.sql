-- Live rows of some ids at some times. The primary key narrows it down to the times.
SELECT
    t.{id:Identifier} AS id,
    t.occurred_at AS occurred_at,
    t.content_hash AS content_hash,
    t.version AS version
FROM {table:Identifier} AS t FINAL
WHERE t.occurred_at IN (arrayMap(time -> fromUnixTimestamp64Milli(time, 'UTC'), {times:Array(Int64)}))
    AND t.{id:Identifier} IN {ids:Array(String)}
