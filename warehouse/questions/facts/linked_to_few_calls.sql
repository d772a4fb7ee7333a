call_id IN {calls:Array(String)}
