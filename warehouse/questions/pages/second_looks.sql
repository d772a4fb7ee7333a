-- What two people said of the same record, each their last word, by cause: both, first only, second only; and how many records
-- were looked at twice. People are put in order of their names, so the table does not depend on who came first.
SELECT cause, countIf(a AND b) AS both, countIf(a AND NOT b) AS first_only, countIf(b AND NOT a) AS second_only, count() AS looked
FROM
(
    SELECT
        arrayJoin({causes:Array(String)}) AS cause,
        has(said[1], cause) AS a,
        has(said[2], cause) AS b
    FROM
    (
        SELECT record_id, arraySlice(arrayMap(pair -> pair.2, arraySort(pair -> pair.1, groupArray((person, said_last)))), 1, 2) AS said
        FROM
        (
            SELECT record_id, toString(by) AS person, argMax(arrayMap(code -> toString(code), causes), (occurred_at, event_id)) AS said_last
            FROM corrections FINAL
            WHERE causes_corrected
            GROUP BY record_id, person
        )
        GROUP BY record_id
        HAVING length(said) = 2
    )
)
GROUP BY cause
