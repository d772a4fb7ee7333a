(SELECT toFixedString(unhex(arrayJoin({cases:Array(String)})), 16))
