-- Answers to what was asked about some cases.
SELECT
{{head}},
    request_id, outcome
FROM department_replies FINAL
WHERE request_id IN (SELECT request_id FROM department_requests FINAL WHERE case_key IN {{cases}})
