-- The keys first, through the index over ids: only rows of these keys are merged, and read in full.
SELECT
{{columns}}
FROM records FINAL
PREWHERE (occurred_at, record_id) IN (SELECT occurred_at, record_id FROM records WHERE record_id IN {ids:Array(String)})
