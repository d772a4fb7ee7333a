-- Live rows of some ids, wherever they are. A bloom filter over the id narrows it down.
SELECT
    t.{id:Identifier} AS id,
    t.occurred_at AS occurred_at,
    t.content_hash AS content_hash,
    t.version AS version
FROM {table:Identifier} AS t FINAL
WHERE t.{id:Identifier} IN {ids:Array(String)}
