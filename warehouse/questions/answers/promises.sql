-- The promise ledger by group: every entry of orders and cases.
SELECT
    toString({{group}}) AS key,
    countIf(outcome = 'kept') AS kept,
    countIf(outcome = 'broken') AS broken,
    countIf(outcome = 'open') AS open,
    countIf(outcome = 'unknown') AS unknown
FROM {{rows}}
ARRAY JOIN
    entries.made_by_kind AS made_by_kind,
    entries.owner_department AS owner_department,
    entries.lane AS lane,
    entries.outcome AS outcome,
    entries.made_at AS made_at
WHERE made_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND made_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY key
