(arrayMap(key -> toFixedString(unhex(key), 16), {cases:Array(String)}))
