-- Corrections of some records.
SELECT
{{head}},
    record_id, by, kind, causes_corrected, causes, note
FROM corrections FINAL
{{found}}
