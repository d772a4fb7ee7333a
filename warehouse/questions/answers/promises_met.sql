-- Those of some promises that the ledger has an entry of.
SELECT DISTINCT promise_id
FROM {{rows}}
ARRAY JOIN entries.promise_id AS promise_id
WHERE promise_id IN {promises:Array(String)}
