-- The phone menu as callers walked it: per path from the root, who passed, ended, gave up without having spoken to anybody, and
-- came round to the same place again.
SELECT
    path,
    count() AS calls,
    countIf(is_end) AS ended,
    countIf(is_end AND talk = 0) AS gave_up,
    countIf(is_end AND has_looped) AS looped,
    sumIf(presses, is_end) AS pressed,
    sumIf(wait, is_end) AS waited_s
FROM
(
    SELECT
        arrayJoin(arrayEnumerate(ivr_path)) AS depth,
        arraySlice(ivr_path, 1, depth) AS path,
        depth = length(ivr_path) AS is_end,
        length(arrayDistinct(ivr_path)) < length(ivr_path) AS has_looped,
        ifNull(talk_s, 0) AS talk,
        ifNull(ivr_presses, 0) AS presses,
        ifNull(queue_wait_s, 0) AS wait
    FROM records FINAL
    WHERE stream = 'call-notes' AND notEmpty(ivr_path)
        AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
)
GROUP BY path
ORDER BY path
LIMIT {limit:UInt32}
