-- Records of a choice, the newest first, after the last one of the page before.
SELECT
    record_id,
    toUnixTimestamp64Milli(occurred_at) AS at,
    toString(stream) AS stream_name,
    toString(kind) AS kind_name,
    toString(agent_no) AS agent,
    lane AS lane_name,
    toString(basis) AS basis_name,
    arrayMap(code -> toString(code), `causes.code`) AS cause_codes,
    arrayMap(name -> toString(name), `causes.department`) AS departments
FROM
(
{{records}}
)
WHERE {{choice}}
    AND (toUnixTimestamp64Milli(occurred_at), record_id) < ({before:Int64}, {before_id:String})
ORDER BY occurred_at DESC, record_id DESC
LIMIT {limit:UInt32}
