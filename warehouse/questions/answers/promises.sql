-- The promise ledger by group: every entry of orders and cases, and of each standing promise without any one that nobody can tell.
SELECT
    toString({{group}}) AS key,
    countIf(outcome = 'kept') AS kept,
    countIf(outcome = 'broken') AS broken,
    countIf(outcome = 'open') AS open,
    countIf(outcome = 'unknown') AS unknown
FROM
(
    SELECT
        toString(kind) AS made_by_kind,
        toString(owner) AS owner_department,
        toString(on_lane) AS lane,
        toString(became) AS outcome,
        made_at
    FROM promise_entries FINAL
    ARRAY JOIN
        entries.made_by_kind AS kind,
        entries.owner_department AS owner,
        entries.lane AS on_lane,
        entries.outcome AS became,
        entries.made_at AS made_at
    UNION ALL
    SELECT toString(made_by_kind), toString(owner_department), lane, 'unknown', made_at
    FROM promises FINAL
    WHERE order_key = toFixedString('', 16) AND case_key = toFixedString('', 16)
        AND promise_id NOT IN (SELECT arrayJoin(entries.promise_id) FROM promise_entries FINAL)
)
WHERE made_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND made_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY key
ORDER BY kept + broken + open + unknown DESC, key
LIMIT {limit:UInt32}
