-- Where what is linked to an order, a case, a customer, a call, a record or a request lies, whichever table holds it: a trace walks
-- along these, and fact tables lie by time. A link says where something may be found: who reads there looks at the row itself, so links
-- are never voided and a chance meeting of two keys costs a look.
CREATE TABLE IF NOT EXISTS links {{on_cluster}}
(
    key UInt64 COMMENT 'the first 8 bytes, least first, of an order, case or customer key; xxh3 of a call, record or request id',
    kept_in UInt8 COMMENT '1 records, 2 promises, 3 deliveries, 4 case_events, 5 department_requests, 6 department_replies, 7 judgements, 8 appeals, 9 corrections',
    occurred_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    event UInt64 COMMENT 'xxh3 of its id'
)
ENGINE = {{replacing}}
ORDER BY (key, kept_in, occurred_at, event)
PRIMARY KEY key
-- A look reads a handful of rows: marks are close. Positions vouch for it as for what it leads to (see `records`).
SETTINGS index_granularity = 512, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_bytes_for_wide_part = 33554432, merge_selector_base = 10;

-- What is stored already. Links are the same however often they are written.
INSERT INTO links SELECT xxh3(record_id), 1, occurred_at, xxh3(record_id) FROM records;
INSERT INTO links SELECT reinterpretAsUInt64(customer_key), 1, occurred_at, xxh3(record_id) FROM records
WHERE stream IN ('complaints', 'call-notes') AND customer_key != toFixedString('', 16);
INSERT INTO links SELECT reinterpretAsUInt64(order_key), 1, occurred_at, xxh3(record_id) FROM records
WHERE order_key != toFixedString('', 16);
INSERT INTO links SELECT reinterpretAsUInt64(case_key), 1, occurred_at, xxh3(record_id) FROM records
WHERE case_key != toFixedString('', 16);
INSERT INTO links SELECT xxh3(call_id), 1, occurred_at, xxh3(record_id) FROM records WHERE call_id != '';
INSERT INTO links SELECT reinterpretAsUInt64(order_key), 2, occurred_at, xxh3(event_id) FROM promises
WHERE order_key != toFixedString('', 16);
INSERT INTO links SELECT reinterpretAsUInt64(case_key), 2, occurred_at, xxh3(event_id) FROM promises
WHERE case_key != toFixedString('', 16);
INSERT INTO links SELECT reinterpretAsUInt64(order_key), 3, occurred_at, xxh3(event_id) FROM deliveries
WHERE order_key != toFixedString('', 16);
INSERT INTO links SELECT reinterpretAsUInt64(case_key), 4, occurred_at, xxh3(event_id) FROM case_events
WHERE case_key != toFixedString('', 16);
INSERT INTO links SELECT reinterpretAsUInt64(case_key), 5, occurred_at, xxh3(event_id) FROM department_requests
WHERE case_key != toFixedString('', 16);
INSERT INTO links SELECT xxh3(request_id), 6, occurred_at, xxh3(event_id) FROM department_replies;
INSERT INTO links SELECT xxh3(record_id), 7, occurred_at, xxh3(event_id) FROM judgements;
INSERT INTO links SELECT xxh3(record_id), 8, occurred_at, xxh3(event_id) FROM appeals;
INSERT INTO links SELECT xxh3(record_id), 9, occurred_at, xxh3(event_id) FROM corrections;
