-- Attributions of some records.
SELECT
{{columns}}
FROM attributions FINAL
WHERE record_id IN {records:Array(String)}
