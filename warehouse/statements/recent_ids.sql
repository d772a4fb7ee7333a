-- Ids in parts that were made lately: what others have stored since this process last looked. Parts that merges made of older
-- ones are among them, which costs time and does no harm.
SELECT {id:Identifier} AS id
FROM {table:Identifier}
WHERE _part IN (
    SELECT name
    FROM system.parts
    WHERE database = currentDatabase() AND table = {table_name:String} AND active
        AND modification_time >= now() - toIntervalSecond({age_s:UInt64})
)
