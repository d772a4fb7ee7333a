-- Customers whose chains a slice of the source touches: of its contacts, and of contacts it corrects. Who called once has no chain.
SELECT hex(customer_key) AS key
FROM records
WHERE stream IN ('complaints', 'call-notes')
    AND customer_key IN
    (
        SELECT customer_key
        FROM records
        WHERE {{slice}} AND stream IN ('complaints', 'call-notes') AND customer_key != toFixedString('', 16)
        UNION ALL SELECT customer_key
        FROM records
        WHERE record_id IN (SELECT record_id FROM corrections WHERE {{slice}})
            AND customer_key != toFixedString('', 16)
    )
GROUP BY customer_key
HAVING min(record_id) != max(record_id)
