-- Records as `causes` counts them, the newest first; their texts are read by id.
SELECT
    record_id,
    toUnixTimestamp64Milli(occurred_at) AS at,
    toString(kind) AS kind,
    arrayMap(code -> toString(code), causes.code) AS causes,
    arrayMap(name -> toString(name), causes.department) AS departments,
    toString(basis) AS basis
FROM
(
{{attributed}}
)
WHERE {{filters}} AND {{unsure}}
ORDER BY occurred_at DESC, record_id
LIMIT {limit:UInt32} OFFSET {offset:UInt64}
