SELECT p.source AS source, p.number AS number, max(p.next) AS next
FROM positions AS p
GROUP BY p.source, p.number
