-- Those of its calls.
    SELECT occurred_at, record_id
    FROM records
    WHERE call_id IN (SELECT arrayJoin({calls:Array(String)}))
