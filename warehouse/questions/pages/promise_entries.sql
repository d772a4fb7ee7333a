-- Entries of the promise ledger, the newest first: the same that promises.sql counts.
SELECT
    promise_id,
    made_by_kind,
    owner_department,
    agent_no,
    toUnixTimestamp64Milli(made) AS at,
    lane,
    outcome
FROM
(
{{entries}}
)
WHERE
{{chosen}}
ORDER BY made DESC, promise_id, lane, unit
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
