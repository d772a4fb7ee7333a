-- Groups of records with what counts of them: whole days and hours as they were counted, the other hours record by record.
    SELECT
        toDateTime64(begins_s, 3, 'UTC') AS occurred_at,
        toString(stream) AS stream,
        toString(kind) AS kind,
        '' AS agent_no,
        '' AS channel,
        '' AS lane,
        CAST(abstained, 'Bool') AS abstained,
        toString(basis) AS basis,
        CAST(causes, 'Array(LowCardinality(String))') AS `causes.code`,
        CAST(departments, 'Array(LowCardinality(String))') AS `causes.department`,
        CAST(texts, 'Array(LowCardinality(String))') AS text_departments,
        CAST([], 'Array(LowCardinality(String))') AS exonerated,
        n
    FROM counted_spans FINAL
    ARRAY JOIN
        cells.stream AS stream,
        cells.kind AS kind,
        cells.basis AS basis,
        cells.abstained AS abstained,
        cells.causes AS causes,
        cells.departments AS departments,
        cells.text_departments AS texts,
        cells.records AS n
    WHERE (width_h = 24
            AND begins_s >= {first_day:Int64} AND begins_s < {end_day:Int64}
            AND NOT has({split_days:Array(Int64)}, begins_s))
        OR (width_h = 1
            AND begins_s >= {first_hour:Int64} AND begins_s < {end_hour:Int64}
            AND (begins_s < {first_day:Int64} OR begins_s >= {end_day:Int64}
                OR has({split_days:Array(Int64)}, intDiv(begins_s, 86400) * 86400))
            AND NOT has({hours:Array(Int64)}, begins_s))
{{one_by_one}}
