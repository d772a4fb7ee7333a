-- Those that time alone may change. Rows of few keys are or were open; only these are merged.
    SELECT occurred_at, record_id
    FROM attributions FINAL
    PREWHERE (occurred_at, record_id) IN (SELECT occurred_at, record_id FROM attributions WHERE moves)
    WHERE moves
