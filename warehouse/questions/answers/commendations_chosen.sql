-- Which commendations a list is of.
    stream = 'commendations'
    AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND ({everybody:Bool}
        OR hasAny(praised.agent_no, {agents:Array(String)})
        OR hasAny(praised.department, {departments:Array(String)})
        OR ({filed_by:String} != '' AND filed_by = {filed_by:String}))
    AND ({agent_no:String} = '' OR has(praised.agent_no, {agent_no:String}))
