-- Contacts by group: first-contact resolution at four windows, and what they cost the customer.
SELECT
    toString({{group}}) AS key,
    count() AS contacts,
    uniqExact(chain) AS chains,
    countIf(age > 86400000) AS old_24h, countIf(age > 86400000 AND (gap IS NULL OR gap > 86400000)) AS resolved_24h,
    countIf(age > 172800000) AS old_48h, countIf(age > 172800000 AND (gap IS NULL OR gap > 172800000)) AS resolved_48h,
    countIf(age > 259200000) AS old_72h, countIf(age > 259200000 AND (gap IS NULL OR gap > 259200000)) AS resolved_72h,
    countIf(age > 604800000) AS old_7d, countIf(age > 604800000 AND (gap IS NULL OR gap > 604800000)) AS resolved_7d,
    sum(wait_s) AS wait_s,
    sum(talk_s) AS talk_s,
    sum(presses) AS presses,
    sum(transfer_count) AS transfers,
    sum(repeated) AS repeated,
    countIf(stream = 'call-notes') AS calls,
    countIf(abuse) AS abuse
FROM
(
    SELECT
        r.stream AS stream,
        r.agent_no AS agent_no,
        r.channel AS channel,
        r.skill_group AS skill_group,
        r.lane AS lane,
        r.causes.code[1] AS cause,
        formatDateTime(r.occurred_at, '%G-W%V', {zone:String}) AS week,
        formatDateTime(r.occurred_at, '%F', {zone:String}) AS day,
        arrayStringConcat(r.ivr_path, ' › ') AS menu,
        if(p.chain_id = '', r.record_id, p.chain_id) AS chain,
        p.next_after_ms AS gap,
        {as_of:Int64} - toUnixTimestamp64Milli(r.occurred_at) AS age,
        ifNull(r.queue_wait_s, 0) AS wait_s,
        ifNull(r.talk_s, 0) AS talk_s,
        ifNull(r.ivr_presses, 0) AS presses,
        length(r.transfers.from) AS transfer_count,
        ifNull(r.questions_repeated, 0) AS repeated,
        r.abuse AS abuse
    FROM records AS r FINAL
    LEFT JOIN
    (
        SELECT record_id, occurred_at, chain_id, next_after_ms
        FROM contact_places FINAL
        WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    ) AS p ON p.occurred_at = r.occurred_at AND p.record_id = r.record_id
    WHERE r.stream IN ('complaints', 'call-notes')
        AND r.occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND r.occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND ({agent_no:String} = '' OR r.agent_no = {agent_no:String})
)
WHERE key != ''
GROUP BY key
ORDER BY contacts DESC, key
LIMIT {limit:UInt32}
