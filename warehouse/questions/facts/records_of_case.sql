-- Records of one case, in order of time, without their texts.
SELECT
{{columns}}
FROM
(
    SELECT * REPLACE ('' AS text, '' AS unknown_fields)
    FROM records FINAL
    {{found}}
)
ORDER BY occurred_at, record_id
