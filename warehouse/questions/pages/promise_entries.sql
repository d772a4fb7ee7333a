-- Entries of the promise ledger, the newest first: the same that promises.sql counts.
SELECT
    promise_id,
    made_by_kind,
    owner_department,
    agent_no,
    toUnixTimestamp64Milli(made) AS at,
    lane,
    outcome
FROM
(
{{entries}}
)
WHERE made >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND made < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND ({made_by_kind:String} = '' OR made_by_kind = {made_by_kind:String})
    AND ({owner_department:String} = '' OR owner_department = {owner_department:String})
    AND ({lane:String} = '' OR lane = {lane:String})
    AND ({outcome:String} = '' OR outcome = {outcome:String})
ORDER BY made DESC, promise_id, lane, unit
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
