-- Those that time alone may change.
    SELECT occurred_at, record_id
    FROM attributions FINAL
    WHERE moves
