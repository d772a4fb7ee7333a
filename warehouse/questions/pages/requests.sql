-- Requests to a department asked in the span: those that department_requests.sql counts. `state`: empty (all), late, open, overdue.
    SELECT
        request_id,
        lower(hex(case_key)) AS work_order,
        toString(asked) AS department,
        toString(at_node) AS node,
        asked_at,
        due_at,
        replied_at,
        late_minutes,
        is_open
    FROM case_times FINAL
    ARRAY JOIN
        requests.request_id AS request_id,
        requests.to_department AS asked,
        requests.node AS at_node,
        requests.asked_at AS asked_at,
        requests.due_at AS due_at,
        requests.replied_at AS replied_at,
        requests.late_min AS late_minutes,
        requests.open AS is_open
    WHERE asked_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND asked_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND ({department:String} = '' OR asked = {department:String})
        AND multiIf(
            {state:String} = 'late', late_minutes > 0,
            {state:String} = 'open', is_open,
            {state:String} = 'overdue', is_open AND late_minutes > 0,
            true)
