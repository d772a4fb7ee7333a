-- Steps of some cases.
SELECT
{{head}},
    kind, holder, text
FROM case_events FINAL
{{found}}
