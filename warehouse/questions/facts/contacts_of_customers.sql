-- Contacts of some customers.
SELECT
{{columns}}
FROM records FINAL
WHERE customer_key IN (arrayMap(key -> toFixedString(unhex(key), 16), {customers:Array(String)}))
    AND stream IN ('complaints', 'call-notes')
