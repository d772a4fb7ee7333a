-- Rows and bytes of every table, merged or not.
SELECT t.name AS name, toUInt64(ifNull(t.total_rows, 0)) AS rows, toUInt64(ifNull(t.total_bytes, 0)) AS bytes
FROM system.tables AS t
WHERE t.database = currentDatabase() AND t.engine LIKE '%MergeTree%'
ORDER BY name
