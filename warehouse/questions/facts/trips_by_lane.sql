-- One row a lane: names are long, and a lane has many trips. The least number stands for one still open.
SELECT
    origin,
    destination,
    carrier,
    service,
    groupArray(started) AS starts,
    groupArray(ifNull(finished, toInt64('-9223372036854775808'))) AS ends
FROM
(
{{trips}}
)
GROUP BY origin, destination, carrier, service
