-- How far the projection has seen each run of source records that the warehouse holds.
SELECT p.source AS source, p.number AS number, s.next AS next
FROM (SELECT DISTINCT source, number FROM positions) AS p
LEFT JOIN (SELECT source, number, argMax(next, version) AS next FROM projected GROUP BY source, number) AS s
    ON s.source = p.source AND s.number = p.number
