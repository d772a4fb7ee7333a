request_id IN
    (
        SELECT request_id
        FROM department_requests FINAL
        PREWHERE (occurred_at, event_id) IN (SELECT occurred_at, event_id FROM department_requests WHERE case_key IN {{cases}})
        WHERE case_key IN {{cases}}
    )
