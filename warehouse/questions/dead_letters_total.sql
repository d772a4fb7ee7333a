SELECT count() AS total
FROM dead_letters AS d FINAL
WHERE (empty({streams:Array(String)}) OR has({streams:Array(String)}, d.stream))
    AND ({reason:String} = '' OR d.reason = {reason:String})
    AND ({only_open:UInt8} = 0 OR d.dead_letter_id NOT IN
    (
        SELECT dead_letter_id FROM dead_letter_replays GROUP BY dead_letter_id HAVING argMax(accepted, replayed_at)
    ))
