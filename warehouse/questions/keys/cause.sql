arrayDistinct(arrayFilter(code -> empty({causes:Array(String)}) OR has({causes:Array(String)}, code)
            OR has({causes:Array(String)}, splitByChar('.', code)[1]), r.causes.code))