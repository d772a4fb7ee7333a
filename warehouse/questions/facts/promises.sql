-- Promises of some orders and cases.
SELECT
{{head}},
    promise_id, made_by_kind, owner_department, made_at, due_at, promised_min, valid_until, agents_notified_at
FROM promises FINAL
WHERE order_key IN {{orders}} OR case_key IN {{cases}}
