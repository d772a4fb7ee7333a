-- Records that a slice of the source touches.
SELECT
{{columns}}
FROM records FINAL
WHERE (occurred_at, record_id) IN
(
{{touched}}
)
