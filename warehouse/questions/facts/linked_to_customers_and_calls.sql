(stream IN ('complaints', 'call-notes') AND customer_key IN (SELECT toFixedString(unhex(arrayJoin({customers:Array(String)})), 16))
        OR call_id IN {calls:Array(String)})
