SELECT record_id
FROM
(
{{ids}}
)
ORDER BY occurred_at DESC, record_id DESC
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
