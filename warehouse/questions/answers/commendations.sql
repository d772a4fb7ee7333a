-- Commendations, the newest first, from a place in the list on. Whose: everybody's, or those of some agents, of some departments,
-- or filed by somebody.
SELECT
    record_id,
    toUnixTimestamp64Milli(occurred_at) AS at,
    text,
    praised.agent_no AS agents,
    praised.department AS departments,
    filed_by,
    recording_ref,
    channel
FROM records FINAL
WHERE
{{chosen}}
    AND ({only:String} = '' OR record_id = {only:String})
    AND (toUnixTimestamp64Milli(occurred_at), record_id) < ({before_at:Int64}, {before_id:String})
ORDER BY at DESC, record_id DESC
LIMIT {limit:UInt32}
