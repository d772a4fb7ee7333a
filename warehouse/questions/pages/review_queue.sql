-- The least sure first.
SELECT record_id, at, lowest, abstained
FROM
(
{{rows}}
)
ORDER BY abstained DESC, lowest, record_id
LIMIT {limit:UInt32}
