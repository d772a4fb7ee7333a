-- Records of some customers and calls, without their texts.
SELECT
{{columns}}
FROM
(
    SELECT * REPLACE ('' AS text, '' AS unknown_fields)
    FROM records FINAL
    {{found}}
)
