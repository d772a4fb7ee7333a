DELETE FROM blocks
WHERE first_offset IN (
    SELECT first_offset
    FROM blocks
    WHERE first_offset + records <= ?1
      AND received_at_ms < ?2
      AND first_offset < (SELECT max(first_offset) FROM blocks)
    ORDER BY first_offset
    LIMIT ?3
)
