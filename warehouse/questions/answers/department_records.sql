-- Records by the department that answers first, and on what that rests; those taken from it by facts or a judgement although
-- the text would name it.
SELECT
    toString(name) AS department,
    sumIf(n, mine) AS records,
    sumIf(n, mine AND basis = 'judgement') AS judgement,
    sumIf(n, mine AND basis = 'facts') AS facts,
    sumIf(n, mine AND basis = 'text') AS text,
    sumIf(n, NOT mine AND basis != 'pending') AS moved_away,
    sumIf(n, NOT mine AND basis = 'pending') AS pending
FROM
(
    SELECT
        basis,
        n,
        arrayJoin(arrayDistinct(arrayConcat(`causes.department`, text_departments))) AS name,
        has(`causes.department`, name) AS mine
    FROM
    (
{{counted}}
    )
)
GROUP BY department
