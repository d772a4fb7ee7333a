-- Those of its cases, by themselves or by their call; rows that were replaced name some in vain.
    SELECT occurred_at, record_id FROM records WHERE case_key IN {{cases}}
    UNION ALL
    SELECT occurred_at, record_id FROM attributions WHERE case_key IN {{cases}}
