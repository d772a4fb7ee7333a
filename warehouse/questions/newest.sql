-- Time of the newest event of all streams; nothing where there is none. `unsure`: of some table the last hour was told anew and is
-- empty now, so that its newest event lies before.
SELECT maxIf(time, rows > 0) AS newest, countIf(rows = 0 AND latest > toDateTime64(0, 3, 'UTC')) AS unsure
FROM
(
{{tables}}
)
HAVING countIf(rows > 0 OR latest > toDateTime64(0, 3, 'UTC')) > 0
