-- Appeals of a department, the newest first, with the judgement before each and the one that answered it.
SELECT
    a.appeal_id AS appeal_id,
    a.record_id AS record_id,
    toUnixTimestamp64Milli(a.occurred_at) AS at,
    toString(a.department) AS department,
    toString(a.filed_by) AS filed_by,
    a.reason AS reason,
    j.verdict AS verdict,
    j.judged_department AS judged_department
FROM appeals AS a FINAL
LEFT JOIN
(
    SELECT appeal_id, argMax(toString(verdict), (occurred_at, event_id)) AS verdict, argMax(toString(department), (occurred_at, event_id)) AS judged_department
    FROM judgements FINAL
    WHERE appeal_id != ''
    GROUP BY appeal_id
) AS j ON j.appeal_id = a.appeal_id
WHERE a.occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND a.occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND ({department:String} = '' OR a.department = {department:String})
ORDER BY a.occurred_at DESC, a.appeal_id
LIMIT {limit:UInt32}
