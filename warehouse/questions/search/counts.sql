-- How many were found, and by kind, cause, department and stream: one scan.
SELECT
    count() AS total,
    sumMap(map(toString(kind), toUInt64(1))) AS kinds,
    sumMap(mapFromArrays(held_causes, arrayMap(code -> toUInt64(1), held_causes))) AS causes,
    sumMap(mapFromArrays(held_departments, arrayMap(name -> toUInt64(1), held_departments))) AS departments,
    sumMap(map(toString(stream), toUInt64(1))) AS streams
FROM
(
    SELECT
        kind,
        stream,
        arrayDistinct(CAST(causes.code, 'Array(String)')) AS held_causes,
        arrayDistinct(CAST(causes.department, 'Array(String)')) AS held_departments
{{found}}
)
