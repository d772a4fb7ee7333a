-- How far the warehouse vouches for each run of source records, and how far the projection has seen it.
SELECT source, number, max(next) AS next, false AS is_seen FROM positions GROUP BY source, number
UNION ALL
SELECT source, number, argMax(next, version), true FROM projected GROUP BY source, number
