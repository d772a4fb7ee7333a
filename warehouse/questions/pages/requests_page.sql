-- Open ones first, the earliest due first.
SELECT
    request_id,
    work_order,
    department,
    node,
    toUnixTimestamp64Milli(asked_at) AS asked,
    toUnixTimestamp64Milli(due_at) AS due,
    toUnixTimestamp64Milli(replied_at) AS replied,
    late_minutes AS late_min,
    is_open
FROM
(
{{requests}}
)
ORDER BY is_open DESC, if(is_open, asked, -asked), request_id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
