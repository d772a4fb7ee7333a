SELECT work_order, held_min, open_now, at
FROM
(
{{held}}
)
ORDER BY held_min DESC, work_order
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
