-- Records by cause and responsible department; each record once in each pair it has.
SELECT
    toString(code) AS code,
    toString(name) AS department,
    count() AS records
FROM
(
    SELECT arrayJoin(arrayDistinct(causes.code)) AS code, arrayDistinct(causes.department) AS names
    FROM
    (
{{attributed}}
    )
    WHERE {{filters}}
)
ARRAY JOIN names AS name
GROUP BY code, department
ORDER BY code, records DESC, department
