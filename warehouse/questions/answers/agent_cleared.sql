-- What moved off one agent's record, the newest first.
SELECT
    record_id,
    toUnixTimestamp64Milli(a.occurred_at) AS occurred_at,
    rule,
    toString(moved_to) AS moved_to,
    overpromise_min
FROM attributions AS a FINAL
ARRAY JOIN exonerated.agent_no AS agent, exonerated.rule AS rule, exonerated.moved_to AS moved_to
WHERE agent = {agent_no:String}
    -- The column, and not the milliseconds of the same name.
    AND a.occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND a.occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
ORDER BY occurred_at DESC, record_id
LIMIT {limit:UInt32}
