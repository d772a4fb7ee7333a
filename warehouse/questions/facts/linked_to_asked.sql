request_id IN {requests:Array(String)}
