-- Cases that a slice of the source touches, or touched before it told a fact anew. Rows that were replaced name some in vain, which
-- costs less than merging everything that is stored.
SELECT DISTINCT case_key AS key
FROM
(
    SELECT case_key FROM promises WHERE {{slice}}
    UNION ALL SELECT case_key FROM case_events WHERE {{slice}}
    UNION ALL SELECT case_key FROM department_requests WHERE {{slice}}
    UNION ALL SELECT case_key FROM retold WHERE {{slice}} AND kept_in != 'records'
    UNION ALL SELECT case_key FROM department_requests
    WHERE request_id IN
    (
        SELECT request_id FROM department_replies WHERE {{slice}}
        UNION ALL SELECT about FROM retold WHERE {{slice}} AND kept_in = 'department_replies'
    )
{{open_cases}}
{{cases_ahead}}
)
WHERE case_key != toFixedString('', 16)
