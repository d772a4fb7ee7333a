-- Customers whose chains a slice of the source touches: of its contacts, of contacts it corrects, and of their calls. Who called once
-- has no chain, unless a record was told anew; one that is stored twice until it is merged may stand for two.
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
        WHERE record_id IN
            (
                SELECT record_id FROM corrections WHERE {{slice}}
                UNION ALL SELECT about FROM retold WHERE {{slice}} AND kept_in = 'corrections'
            )
            AND customer_key != toFixedString('', 16)
    )
GROUP BY customer_key
HAVING count() > 1
UNION ALL
SELECT hex(customer_key) AS key
FROM retold
WHERE {{slice}} AND kept_in = 'records' AND customer_key != toFixedString('', 16)
UNION ALL
SELECT hex(customer_key) AS key
FROM records
WHERE record_id IN (SELECT event_id FROM retold WHERE {{slice}} AND kept_in = 'records')
    AND customer_key != toFixedString('', 16)
UNION ALL
SELECT hex(customer_key) AS key
FROM records
WHERE call_id IN (SELECT arrayJoin({calls:Array(String)})) AND customer_key != toFixedString('', 16)
