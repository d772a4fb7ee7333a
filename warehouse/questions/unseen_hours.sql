    UNION ALL
    SELECT DISTINCT toUnixTimestamp(toStartOfHour(occurred_at)) AS hour
    FROM records
    WHERE {{unseen}}
