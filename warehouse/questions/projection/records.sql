-- Records that a slice of the source touches, without their texts.
SELECT
{{columns}}
FROM
(
    SELECT * REPLACE ('' AS text, '' AS unknown_fields)
    FROM records FINAL
    WHERE (occurred_at, record_id) IN
    (
{{touched}}
    )
)
