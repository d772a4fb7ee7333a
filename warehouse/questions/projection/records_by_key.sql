-- Records under some keys, without what attribution does not ask for.
SELECT
{{columns}}
FROM
(
    SELECT
{{bare}}
    FROM records FINAL
    PREWHERE (occurred_at, record_id) IN
    (
        SELECT fromUnixTimestamp64Milli(key.1, 'UTC'), key.2
        FROM (SELECT arrayJoin(arrayZip({times:Array(Int64)}, {ids:Array(String)})) AS key)
    )
)
-- Each part that is merged holds a block of every column.
SETTINGS max_block_size = 8192
