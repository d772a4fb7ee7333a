    -- Those that time alone may change. Rows of few keys are or were open; only these are merged.
    UNION ALL SELECT unit_key FROM promise_entries FINAL
    PREWHERE (unit, unit_key) IN (SELECT unit, unit_key FROM promise_entries WHERE unit = 'order' AND moves)
    WHERE moves
