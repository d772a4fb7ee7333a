-- Promises of some orders and cases, or the standing ones.
SELECT
{{head}},
    promise_id, made_by_kind, owner_department, made_at, due_at, promised_min, valid_until, agents_notified_at
FROM promises FINAL
{{found}}
