-- Records of those of some calls that have several, without their texts.
SELECT
{{columns}}
FROM
(
    SELECT * REPLACE ('' AS text, '' AS unknown_fields)
    FROM records FINAL
    {{found}}
)
