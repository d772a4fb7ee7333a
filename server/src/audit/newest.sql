-- The hash of the line before the newest ?1.
SELECT hash FROM audit ORDER BY id DESC LIMIT 1 OFFSET ?1
