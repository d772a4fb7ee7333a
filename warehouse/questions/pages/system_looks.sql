-- What the system read of a record, and what the last person said of it, by cause.
SELECT cause, countIf(a AND b) AS both, countIf(a AND NOT b) AS first_only, countIf(b AND NOT a) AS second_only, count() AS looked
FROM
(
    SELECT
        arrayJoin({causes:Array(String)}) AS cause,
        has(r.codes, cause) AS a,
        has(c.said, cause) AS b
    FROM
    (
        SELECT record_id, argMax(arrayMap(code -> toString(code), causes), (occurred_at, event_id)) AS said
        FROM corrections FINAL
        WHERE causes_corrected
        GROUP BY record_id
    ) AS c
    INNER JOIN
    (
        SELECT record_id, arrayMap(code -> toString(code), causes.code) AS codes
        FROM records FINAL
        WHERE record_id IN (SELECT record_id FROM corrections FINAL)
    ) AS r ON r.record_id = c.record_id
)
GROUP BY cause
