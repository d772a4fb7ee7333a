customer_key IN (SELECT toFixedString(unhex(arrayJoin({customers:Array(String)})), 16))
