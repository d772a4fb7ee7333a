-- Commendations, the newest first, from a place in the list on. Whose: everybody's, or those of some agents, of some departments,
-- or filed by somebody.
SELECT
    record_id,
    toUnixTimestamp64Milli(occurred_at) AS at,
    text,
    praised.agent_no AS agents,
    praised.department AS departments,
    filed_by,
    recording_ref,
    channel
FROM records FINAL
WHERE stream = 'commendations'
    AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND ({everybody:Bool}
        OR hasAny(praised.agent_no, {agents:Array(String)})
        OR hasAny(praised.department, {departments:Array(String)})
        OR ({filed_by:String} != '' AND filed_by = {filed_by:String}))
    AND ({agent_no:String} = '' OR has(praised.agent_no, {agent_no:String}))
    AND ({only:String} = '' OR record_id = {only:String})
    AND (toUnixTimestamp64Milli(occurred_at), record_id) < ({before_at:Int64}, {before_id:String})
ORDER BY at DESC, record_id DESC
LIMIT {limit:UInt32}
