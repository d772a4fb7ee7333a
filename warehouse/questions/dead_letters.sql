-- Newest first, after the last one of the page before; `replays` tells how often it was tried again and how that ended.
SELECT
    d.dead_letter_id AS dead_letter_id,
    d.received_at AS received_at,
    d.stream AS stream,
    d.reason AS reason,
    d.field AS field,
    d.detail AS detail,
    d.event_id AS event_id,
    toUInt64(length(d.bytes)) AS size,
    d.partition_source AS partition_source,
    d.partition_number AS partition_number,
    d.partition_offset AS partition_offset,
    r.tries AS tries,
    r.last_at AS last_at,
    r.last_accepted AS last_accepted,
    r.last_reason AS last_reason
FROM dead_letters AS d FINAL
LEFT JOIN
(
    SELECT
        dead_letter_id,
        count() AS tries,
        max(replayed_at) AS last_at,
        argMax(accepted, replayed_at) AS last_accepted,
        argMax(reason, replayed_at) AS last_reason
    FROM dead_letter_replays
    GROUP BY dead_letter_id
) AS r ON r.dead_letter_id = d.dead_letter_id
WHERE (empty({streams:Array(String)}) OR has({streams:Array(String)}, d.stream))
    AND ({reason:String} = '' OR d.reason = {reason:String})
    AND ({only_open:UInt8} = 0 OR NOT r.last_accepted)
    AND d.received_at <= fromUnixTimestamp64Milli({after:Int64}, 'UTC')
    AND (d.received_at < fromUnixTimestamp64Milli({after:Int64}, 'UTC') OR d.dead_letter_id < {after_id:String})
ORDER BY d.received_at DESC, d.dead_letter_id DESC
LIMIT {limit:UInt32}
