(SELECT toFixedString(unhex(arrayJoin({orders:Array(String)})), 16))
