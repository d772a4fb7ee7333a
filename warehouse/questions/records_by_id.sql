-- The times first, through the index over ids: they are the key, so that little is read where rows are merged.
SELECT
{{columns}}
FROM records FINAL
WHERE record_id IN {ids:Array(String)}
    AND occurred_at IN (SELECT occurred_at FROM records WHERE record_id IN {ids:Array(String)})
