-- What is known of one agent's records.
SELECT
    count() AS records,
    countIf(is_mine_by_promise) AS misquoted,
    countIf(cleared) AS exonerated
FROM
(
    SELECT
        misquoted_by = {agent_no:String} AS is_mine_by_promise,
        has(exonerated.agent_no, {agent_no:String}) AS cleared
    FROM attributions FINAL
    WHERE (agent_no = {agent_no:String} OR misquoted_by = {agent_no:String} OR has(exonerated.agent_no, {agent_no:String}))
        AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
)
