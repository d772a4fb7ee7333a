-- Which entries of the ledger a list is of.
    made >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND made < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND ({made_by_kind:String} = '' OR made_by_kind = {made_by_kind:String})
    AND ({owner_department:String} = '' OR owner_department = {owner_department:String})
    AND ({lane:String} = '' OR lane = {lane:String})
    AND ({outcome:String} = '' OR outcome = {outcome:String})
