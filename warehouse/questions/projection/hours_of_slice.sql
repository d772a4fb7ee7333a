-- Hours in which a slice of the source wrote records, or left them.
SELECT DISTINCT toUnixTimestamp(toStartOfHour(occurred_at)) AS hour
FROM
(
    SELECT occurred_at FROM records WHERE {{slice}}
    UNION ALL SELECT occurred_at FROM retold WHERE {{slice}} AND kept_in = 'records'
)
