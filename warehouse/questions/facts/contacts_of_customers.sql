-- Contacts of some customers, without their texts.
SELECT
{{columns}}
FROM
(
    SELECT * REPLACE ('' AS text, '' AS unknown_fields)
    FROM records FINAL
    WHERE customer_key IN (SELECT toFixedString(unhex(arrayJoin({customers:Array(String)})), 16))
        AND stream IN ('complaints', 'call-notes')
)
