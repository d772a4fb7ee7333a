SELECT
{{columns}}
FROM records FINAL
WHERE record_id IN {ids:Array(String)}
