-- Distinct records of a span by everything that the first page shows: one scan. A department's undecided records are those whose
-- text would name it.
SELECT dimension, key, sum(n) AS records
FROM
(
    SELECT
        n,
        arrayJoin(arrayConcat(
            [('all', ''), ('kind', toString(kind)), ('basis', toString(basis))],
            if(abstained, [('abstained', '')], []),
            arrayMap(code -> ('cause', toString(code)), arrayDistinct(`causes.code`)),
            arrayMap(
                name -> (concat('department_', toString(basis)), toString(name)),
                arrayDistinct(if(basis = 'pending', arrayConcat(`causes.department`, text_departments), `causes.department`))))) AS cell,
        cell.1 AS dimension,
        cell.2 AS key
    FROM
    (
{{counted}}
    )
)
GROUP BY dimension, key
ORDER BY dimension, records DESC, key
