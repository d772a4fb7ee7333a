(arrayMap(key -> toFixedString(unhex(key), 16), {orders:Array(String)}))
