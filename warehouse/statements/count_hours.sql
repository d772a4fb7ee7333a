-- Counts some hours anew, also those that hold nothing any more.
INSERT INTO counted_spans
SELECT
    1,
    hour,
    groupArrayIf(stream, n > 0),
    groupArrayIf(kind, n > 0),
    groupArrayIf(basis, n > 0),
    groupArrayIf(abstained, n > 0),
    groupArrayIf(causes, n > 0),
    groupArrayIf(departments, n > 0),
    groupArrayIf(texts, n > 0),
    groupArrayIf(n, n > 0),
    {version:UInt64}
FROM
(
    SELECT
        toUInt32(toUnixTimestamp(toStartOfHour(occurred_at))) AS hour,
        toString(stream) AS stream,
        toString(kind) AS kind,
        toString(basis) AS basis,
        CAST(abstained, 'Bool') AS abstained,
        CAST(`causes.code`, 'Array(String)') AS causes,
        CAST(`causes.department`, 'Array(String)') AS departments,
        CAST(text_departments, 'Array(String)') AS texts,
        count() AS n
    FROM
    (
{{attributed}}
    )
    GROUP BY hour, stream, kind, basis, abstained, causes, departments, texts
    UNION ALL
    SELECT toUInt32(arrayJoin({hours:Array(Int64)})), '', '', '', false, [], [], [], toUInt64(0)
)
GROUP BY hour
