-- Contacts of some customers.
SELECT
{{columns}}
FROM records FINAL
WHERE customer_key IN (SELECT toFixedString(unhex(arrayJoin({customers:Array(String)})), 16))
    AND stream IN ('complaints', 'call-notes')
