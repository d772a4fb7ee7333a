-- Cases that a slice of the source touches, or touched before it told a fact anew.
SELECT DISTINCT case_key AS key
FROM
(
    SELECT case_key FROM promises WHERE {{slice}}
    UNION ALL SELECT case_key FROM case_events WHERE {{slice}}
    UNION ALL SELECT case_key FROM department_requests WHERE {{slice}}
    UNION ALL SELECT case_key FROM retold WHERE {{slice}} AND kept_in != 'records'
    UNION ALL SELECT case_key FROM department_requests FINAL
    WHERE request_id IN
    (
        SELECT request_id FROM department_replies WHERE {{slice}}
        UNION ALL SELECT about FROM retold WHERE {{slice}} AND kept_in = 'department_replies'
    )
    UNION ALL SELECT case_key FROM case_times FINAL WHERE moves AND {moved:Bool}
    UNION ALL SELECT unit_key FROM promise_entries FINAL WHERE unit = 'case' AND moves AND {moved:Bool}
    -- Time went back, or nobody knows where it was: what lies ahead of it was perhaps seen.
    UNION ALL SELECT case_key FROM promises FINAL WHERE {back:Bool} AND made_at > fromUnixTimestamp64Milli({as_of:Int64}, 'UTC')
)
WHERE case_key != toFixedString('', 16)
