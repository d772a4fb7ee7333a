request_id IN (SELECT request_id FROM department_requests FINAL WHERE case_key IN {{cases}})
