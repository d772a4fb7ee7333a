-- Dead letters, the newest first, from a place in that order on, with the last try to replay each.
SELECT
    d.dead_letter_id AS dead_letter_id,
    d.received_at AS received_at,
    d.stream AS stream,
    d.reason AS reason,
    d.field AS field,
    d.event_id AS event_id,
    d.bytes AS bytes,
    d.partition_source AS partition_source,
    d.partition_number AS partition_number,
    d.partition_offset AS partition_offset,
    p.replayed_at AS replayed_at,
    p.accepted AS accepted
FROM dead_letters AS d FINAL
LEFT JOIN
(
    SELECT
        dead_letter_id,
        toNullable(max(replayed_at)) AS replayed_at,
        toNullable(argMax(accepted, replayed_at)) AS accepted
    FROM dead_letter_replays
    GROUP BY dead_letter_id
) AS p ON p.dead_letter_id = d.dead_letter_id
WHERE (empty({ids:Array(String)}) OR d.dead_letter_id IN {ids:Array(String)})
    AND (empty({reasons:Array(String)}) OR has({reasons:Array(String)}, d.reason))
    AND (d.received_at, d.dead_letter_id) < (fromUnixTimestamp64Milli({before:Int64}, 'UTC'), {before_id:String})
ORDER BY d.received_at DESC, d.dead_letter_id DESC
LIMIT {limit:UInt32}
SETTINGS join_use_nulls = 1
