-- Appeals about some records.
SELECT
{{head}},
    appeal_id, record_id, filed_by, reason
FROM appeals FINAL
{{found}}
