-- Contacts of some customers, without their texts.
SELECT
{{columns}}
FROM
(
    SELECT * REPLACE ('' AS text, '' AS unknown_fields)
    FROM records FINAL
    {{found}}
        AND stream IN ('complaints', 'call-notes')
)
