-- Commendations of one agent, the newest first.
SELECT record_id, toUnixTimestamp64Milli(r.occurred_at) AS occurred_at, text
FROM records AS r FINAL
WHERE stream = 'commendations' AND has(praised.agent_no, {agent_no:String})
    -- The column, and not the milliseconds of the same name.
    AND r.occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND r.occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
ORDER BY occurred_at DESC, record_id
LIMIT {limit:UInt32}
