-- Distinct records by cause and week, and by cause, department and week, for the causes page; one scan.
SELECT cause, department, week, count() AS records
FROM
(
    SELECT
        arrayJoin(arrayDistinct(`causes.code`)) AS code,
        toString(code) AS cause,
        arrayJoin(arrayConcat([''], arrayDistinct(`causes.department`))) AS name,
        toString(name) AS department,
        formatDateTime(occurred_at, '%G-W%V', {zone:String}) AS week
    FROM
    (
{{attributed}}
    )
    WHERE {{filters}}
)
GROUP BY cause, department, week
ORDER BY cause, department, week
LIMIT {limit:UInt32}
