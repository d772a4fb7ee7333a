-- Appeals about some records.
SELECT
{{head}},
    appeal_id, record_id, filed_by, reason
FROM appeals FINAL
WHERE record_id IN {records:Array(String)}
