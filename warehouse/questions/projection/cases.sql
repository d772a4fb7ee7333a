-- Cases that a slice of the source touches.
SELECT DISTINCT case_key AS key
FROM
(
    SELECT case_key FROM promises WHERE {{slice}}
    UNION ALL SELECT case_key FROM case_events WHERE {{slice}}
    UNION ALL SELECT case_key FROM department_requests WHERE {{slice}}
    UNION ALL SELECT case_key FROM department_requests FINAL
    WHERE request_id IN (SELECT request_id FROM department_replies WHERE {{slice}})
    UNION ALL SELECT case_key FROM case_times FINAL WHERE moves AND {moved:Bool}
)
WHERE case_key != toFixedString('', 16)
