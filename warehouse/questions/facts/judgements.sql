-- Verdicts on some records.
SELECT
{{head}},
    record_id, verdict, judge, reason, appeal_id
FROM judgements FINAL
{{found}}
