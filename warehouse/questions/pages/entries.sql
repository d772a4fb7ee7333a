-- Every entry of the ledger: of orders and cases, and of each standing promise without any one that nobody can tell.
    SELECT
        entry AS promise_id,
        toString(kind) AS made_by_kind,
        toString(owner) AS owner_department,
        toString(agent) AS agent_no,
        made_at AS made,
        toString(on_lane) AS lane,
        toString(became) AS outcome,
        hex(unit_key) AS unit
    FROM promise_entries FINAL
    ARRAY JOIN
        entries.promise_id AS entry,
        entries.made_by_kind AS kind,
        entries.owner_department AS owner,
        entries.agent_no AS agent,
        entries.lane AS on_lane,
        entries.outcome AS became,
        entries.made_at AS made_at
    UNION ALL
    SELECT promise_id, toString(made_by_kind), toString(owner_department), toString(agent_no), made_at, lane, 'unknown', ''
    FROM promises FINAL
    WHERE order_key = toFixedString('', 16) AND case_key = toFixedString('', 16)
        AND promise_id NOT IN (SELECT arrayJoin(entries.promise_id) FROM promise_entries FINAL)
