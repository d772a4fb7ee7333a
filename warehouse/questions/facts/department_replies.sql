-- Answers to what was asked about some cases.
SELECT
{{head}},
    request_id, outcome
FROM department_replies FINAL
{{found}}
