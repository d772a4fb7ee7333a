record_id IN {records:Array(String)}
