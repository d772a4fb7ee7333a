-- Standing promises: those for no order and no case.
SELECT
{{head}},
    promise_id, made_by_kind, owner_department, made_at, due_at, promised_min, valid_until, agents_notified_at
FROM promises FINAL
WHERE order_key = toFixedString('', 16) AND case_key = toFixedString('', 16)
