-- Those of its cases.
    SELECT occurred_at, record_id
    FROM records
    WHERE case_key IN
    (
{{cases}}
    )
