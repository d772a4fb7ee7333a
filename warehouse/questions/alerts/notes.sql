-- What was noted of alerts, the newest first. Cut off at a number of notes, so the oldest alerts may come without their beginning.
SELECT
    subject,
    toUnixTimestamp64Milli(alert_notes.at) AS at,
    alert_id,
    toString(what) AS what,
    noted_by,
    title,
    detail,
    link
FROM alert_notes
ORDER BY alert_notes.at DESC, alert_id, what
LIMIT {limit:UInt32}
