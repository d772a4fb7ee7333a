arrayDistinct(arrayFilter(department -> empty({departments:Array(String)}) OR has({departments:Array(String)}, department),
            r.causes.department))