-- Hours of a span that were not counted after they were last touched, and those that hold what the projection has not seen yet.
SELECT DISTINCT hour
FROM
(
    SELECT t.begins_s AS hour
    FROM touched_hours AS t FINAL
    LEFT JOIN (SELECT begins_s, version FROM counted_spans FINAL WHERE width_h = 1) AS c ON c.begins_s = t.begins_s
    WHERE t.version >= c.version
{{unseen_hours}}
)
WHERE hour + 3600 > {first_hour:Int64} AND hour < {end_hour:Int64}
ORDER BY hour
LIMIT {limit:UInt32}
