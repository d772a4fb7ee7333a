-- Departments asked about some cases.
SELECT
{{head}},
    request_id, to_department, node, due_at
FROM department_requests FINAL
{{found}}
