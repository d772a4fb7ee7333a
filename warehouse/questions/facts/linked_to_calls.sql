call_id IN
    (
        SELECT call_id
        FROM records
        WHERE call_id IN (SELECT arrayJoin({calls:Array(String)}))
        GROUP BY call_id
        HAVING min(record_id) != max(record_id)
    )
