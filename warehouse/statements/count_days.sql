-- Sums the hours of some days, also of days that hold nothing any more.
INSERT INTO counted_spans
SELECT
    24,
    day,
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
        toUInt32(intDiv(begins_s, 86400) * 86400) AS day,
        toString(stream) AS stream,
        toString(kind) AS kind,
        toString(basis) AS basis,
        abstained,
        CAST(causes, 'Array(String)') AS causes,
        CAST(departments, 'Array(String)') AS departments,
        CAST(texts, 'Array(String)') AS texts,
        sum(records) AS n
    FROM counted_spans FINAL
    ARRAY JOIN
        cells.stream AS stream,
        cells.kind AS kind,
        cells.basis AS basis,
        cells.abstained AS abstained,
        cells.causes AS causes,
        cells.departments AS departments,
        cells.text_departments AS texts,
        cells.records AS records
    WHERE width_h = 1 AND has({days:Array(Int64)}, intDiv(begins_s, 86400) * 86400)
    GROUP BY day, stream, kind, basis, abstained, causes, departments, texts
    UNION ALL
    SELECT toUInt32(arrayJoin({days:Array(Int64)})), '', '', '', false, [], [], [], toUInt64(0)
)
GROUP BY day
