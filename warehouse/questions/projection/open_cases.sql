    -- Those that time alone may change. Rows of few keys are or were open; only these are merged.
    UNION ALL SELECT case_key FROM case_times FINAL
    PREWHERE case_key IN (SELECT case_key FROM case_times WHERE moves)
    WHERE moves
    UNION ALL SELECT unit_key FROM promise_entries FINAL
    PREWHERE (unit, unit_key) IN (SELECT unit, unit_key FROM promise_entries WHERE unit = 'case' AND moves)
    WHERE moves
