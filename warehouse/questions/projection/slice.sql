partition_source = {source:String} AND partition_number = {number:UInt32}
        AND partition_offset >= {from:UInt64} AND partition_offset < {upto:UInt64}
