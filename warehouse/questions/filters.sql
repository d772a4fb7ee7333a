-- The same for every question about records; an empty parameter filters nothing. Times come as milliseconds since 1970, so that
-- the key prunes; a cause is a leaf or a group; departments are those responsible (owners of the causes), not the sender's.
    occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND (empty({streams:Array(String)}) OR has({streams:Array(String)}, stream))
    AND (empty({kinds:Array(String)}) OR has({kinds:Array(String)}, kind))
    AND (empty({causes:Array(String)})
        OR hasAny(causes.code, {causes:Array(String)})
        OR arrayExists(
            code -> arrayExists(group -> startsWith(code, concat(group, '.')), {causes:Array(String)}), causes.code))
    AND (empty({departments:Array(String)}) OR hasAny(causes.department, {departments:Array(String)}))
    AND ({agent_no:String} = '' OR agent_no = {agent_no:String})
    AND ({channel:String} = '' OR channel = {channel:String})
    AND ({lane:String} = '' OR lane = {lane:String})
