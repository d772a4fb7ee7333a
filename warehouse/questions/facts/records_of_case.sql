-- Records of one case, in order of time, without their texts.
SELECT
{{columns}}
FROM
(
    SELECT * REPLACE ('' AS text, '' AS unknown_fields)
    FROM records FINAL
    WHERE case_key = toFixedString(unhex({case:String}), 16)
)
ORDER BY occurred_at, record_id
