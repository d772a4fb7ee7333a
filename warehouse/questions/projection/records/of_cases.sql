-- Those of its cases, by themselves or by their call.
    SELECT occurred_at, record_id
    FROM records
    WHERE case_key IN
    (
{{cases}}
    )
    UNION ALL
    SELECT occurred_at, record_id
    FROM attributions FINAL
    WHERE case_key IN
    (
{{cases}}
    )
