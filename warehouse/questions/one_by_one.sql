    SELECT
        occurred_at,
        toString(stream) AS stream,
        toString(kind) AS kind,
        toString(agent_no) AS agent_no,
        toString(channel) AS channel,
        toString(lane) AS lane,
        CAST(abstained, 'Bool') AS abstained,
        toString(basis) AS basis,
        CAST(`causes.code`, 'Array(LowCardinality(String))') AS `causes.code`,
        CAST(`causes.department`, 'Array(LowCardinality(String))') AS `causes.department`,
        CAST(text_departments, 'Array(LowCardinality(String))') AS text_departments,
        CAST(exonerated, 'Array(LowCardinality(String))') AS exonerated,
        toUInt64(1) AS n
    FROM
    (
{{attributed}}
    )
