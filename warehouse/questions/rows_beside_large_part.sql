(
        -- A merged part holds each key once: its rows count where no other part speaks of their keys. Only these keys are merged.
        SELECT *
        FROM {{table}}
        WHERE _part = {large_part:String}
            AND is_deleted = 0
            AND {{key}} NOT IN (SELECT {{key}} FROM {{table}} WHERE _part IN {small_parts:Array(String)})
        UNION ALL
        SELECT *
        FROM {{table}} FINAL
        PREWHERE {{key}} IN (SELECT {{key}} FROM {{table}} WHERE _part IN {small_parts:Array(String)})
        WHERE _part = {large_part:String} OR _part IN {small_parts:Array(String)}
    )
