record_id IN {ids:Array(String)}
