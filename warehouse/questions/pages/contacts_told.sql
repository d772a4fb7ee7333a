-- Contacts of a span, and whether another followed within a window: what contacts.sql counts, one by one. `what`: all, old (older
-- than the window), resolved, followed.
    SELECT r.record_id AS record_id, r.occurred_at AS occurred_at
    FROM records AS r FINAL
    LEFT JOIN
    (
        SELECT record_id, occurred_at, next_after_ms
        FROM contact_places FINAL
        WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    ) AS p ON p.occurred_at = r.occurred_at AND p.record_id = r.record_id
    WHERE r.stream IN ('complaints', 'call-notes')
        AND r.occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND r.occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND ({agent_no:String} = '' OR r.agent_no = {agent_no:String})
        AND multiIf(
            {what:String} = 'old', {as_of:Int64} - toUnixTimestamp64Milli(r.occurred_at) > {window_ms:Int64},
            {what:String} = 'resolved', {as_of:Int64} - toUnixTimestamp64Milli(r.occurred_at) > {window_ms:Int64}
                AND (p.next_after_ms IS NULL OR p.next_after_ms > {window_ms:Int64}),
            {what:String} = 'followed', {as_of:Int64} - toUnixTimestamp64Milli(r.occurred_at) > {window_ms:Int64}
                AND p.next_after_ms <= {window_ms:Int64},
            true)
