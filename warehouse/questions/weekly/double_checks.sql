-- Records of the span whose causes two people corrected, and those on whose primary cause they agree (each one's last word).
SELECT count() AS checked, countIf(length(arrayDistinct(first_causes)) = 1) AS agreed
FROM
(
    SELECT record_id, groupArray(first_cause) AS first_causes
    FROM
    (
        SELECT record_id, `by`, argMax(causes[1], (occurred_at, event_id)) AS first_cause
        FROM corrections FINAL
        WHERE causes_corrected
        GROUP BY record_id, by
    )
    WHERE record_id IN
    (
        SELECT record_id FROM records FINAL
        WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    )
    GROUP BY record_id
    HAVING length(first_causes) > 1
)
