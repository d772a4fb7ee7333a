SELECT first_offset, records, first_arrival, received_at_ms, checksum, bytes
FROM blocks
WHERE first_offset >= coalesce((SELECT max(first_offset) FROM blocks WHERE first_offset <= ?1), 0)
ORDER BY first_offset
