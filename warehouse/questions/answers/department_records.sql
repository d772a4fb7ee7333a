-- Records by the department that answers first, and on what that rests; those taken from it by facts or a judgement although
-- the text would name it.
SELECT
    toString(name) AS department,
    countIf(mine) AS records,
    countIf(mine AND basis = 'judgement') AS judgement,
    countIf(mine AND basis = 'facts') AS facts,
    countIf(mine AND basis = 'text') AS text,
    countIf(NOT mine AND basis != 'pending') AS moved_away,
    countIf(NOT mine AND basis = 'pending') AS pending
FROM
(
    SELECT
        basis,
        arrayJoin(arrayDistinct(arrayConcat(`causes.department`, text_departments))) AS name,
        has(`causes.department`, name) AS mine
    FROM
    (
        SELECT t.basis AS basis, t.`causes.department` AS `causes.department`,
            arrayFilter(name -> name != '无', r.causes.department) AS text_departments
        FROM
        (
{{attributed}}
        ) AS t
        INNER JOIN
        (
            SELECT record_id, occurred_at, causes.department
            FROM records FINAL
            WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
                AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        ) AS r ON r.occurred_at = t.occurred_at AND r.record_id = t.record_id
    )
)
GROUP BY department
