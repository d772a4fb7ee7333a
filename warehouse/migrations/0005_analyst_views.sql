-- For SQL by hand: names as the organisation says them, one row per thing. Documented column by column in docs/sql.md.

CREATE VIEW IF NOT EXISTS responsible_departments {{on_cluster}} AS
SELECT
    record_id,
    occurred_at,
    stream,
    kind,
    position,
    department AS responsible_department,
    cause AS root_cause,
    minutes,
    reason,
    basis,
    verdict
FROM attributions FINAL
ARRAY JOIN
    arrayEnumerate(responsible.department) AS position,
    responsible.department AS department,
    responsible.cause AS cause,
    responsible.minutes AS minutes,
    responsible.reason AS reason;

CREATE VIEW IF NOT EXISTS delays {{on_cluster}} AS
SELECT
    record_id,
    occurred_at,
    agent_no,
    lane,
    promise_id,
    made_by_kind,
    promise_owner,
    started_at,
    promised_min AS promised_lead_time_min,
    actual_min,
    actual_open,
    capability_min,
    capability_level,
    late_min,
    overpromise_min,
    overrun_min,
    basis,
    verdict,
    length(exonerated.agent_no) > 0 AS agent_exonerated
FROM attributions FINAL
WHERE late_min IS NOT NULL;

CREATE VIEW IF NOT EXISTS exonerations {{on_cluster}} AS
SELECT record_id, occurred_at, agent, rule, moved_to, overpromise_min
FROM attributions FINAL
ARRAY JOIN exonerated.agent_no AS agent, exonerated.rule AS rule, exonerated.moved_to AS moved_to;

CREATE VIEW IF NOT EXISTS promise_ledger {{on_cluster}} AS
SELECT
    unit,
    lower(hex(unit_key)) AS unit_key,
    promise_id,
    made_by_kind,
    owner_department,
    agent_no,
    made_at,
    lane,
    outcome
FROM promise_entries FINAL
ARRAY JOIN
    entries.promise_id AS promise_id,
    entries.made_by_kind AS made_by_kind,
    entries.owner_department AS owner_department,
    entries.agent_no AS agent_no,
    entries.made_at AS made_at,
    entries.lane AS lane,
    entries.outcome AS outcome;

CREATE VIEW IF NOT EXISTS work_orders {{on_cluster}} AS
SELECT lower(hex(case_key)) AS work_order, opened_at, elapsed_min, open, reopened, follow_ups
FROM case_times FINAL;

CREATE VIEW IF NOT EXISTS holding_times {{on_cluster}} AS
SELECT lower(hex(case_key)) AS work_order, holder, began, ended, minutes, is_open
FROM case_times FINAL
ARRAY JOIN holds.holder AS holder, holds.from AS began, holds.to AS ended, holds.minutes AS minutes, holds.open AS is_open;

CREATE VIEW IF NOT EXISTS dispatches {{on_cluster}} AS
SELECT
    lower(hex(case_key)) AS work_order,
    request_id,
    handling_department,
    node,
    asked_at,
    due_at,
    replied_at,
    overdue_min,
    is_open
FROM case_times FINAL
ARRAY JOIN
    requests.request_id AS request_id,
    requests.to_department AS handling_department,
    requests.node AS node,
    requests.asked_at AS asked_at,
    requests.due_at AS due_at,
    requests.replied_at AS replied_at,
    requests.late_min AS overdue_min,
    requests.open AS is_open;

CREATE VIEW IF NOT EXISTS repeat_contacts {{on_cluster}} AS
SELECT record_id, occurred_at, lower(hex(customer_key)) AS customer, chain_id, place, next_after_ms / 60000 AS next_after_min
FROM contact_places FINAL;
