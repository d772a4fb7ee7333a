//! Every row type against the real tables: what is written is what is read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.
#![allow(missing_docs)]

mod common;

use clickhouse::Row;
use common::{
    engine::Engine,
    events::{batch, complaint, item, key, reading, record_item, time},
    facts::{facts, full_head},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tingjian_schemas::{
    CallNote, Commendation, Complaint, DeadLetter, Entry, Item, Kind, Praised, Reason, Record, Rejection, Stream,
    TextBody, Transfer,
};
use tingjian_warehouse::{DeadLetterFilter, Written};

fn records() -> Vec<Record> {
    let full = |stream: Stream, id: &str, body: TextBody| Record {
        head: full_head(stream, id, "2026-11-05T12:34:56.789Z"),
        body,
        ..complaint(id, "2026-11-05T12:34:56.789Z")
    };
    let some = |text: &str| Some(text.to_owned());
    let mut complete = full(
        Stream::Complaints,
        "full",
        TextBody::Complaint(Complaint { text: String::new(), category: some("售后") }),
    );
    complete.reading = reading(
        "客服态度很好，就是物流太慢\n\n还没到",
        Kind::Complaint,
        &["fulfil.transit_delay", "promise.eta_overpromise"],
    );
    complete.reading.promised_min = Some(0);
    complete.reading.actual_min = Some(u32::MAX);
    complete.reading.actual_open = Some(true);
    complete.reading.praised = true;
    complete.reading.abuse = true;
    complete.reading.causes[1].evidence.clear();
    complete.versions.model = "m1".into();
    let commendation = Commendation {
        text: String::new(),
        praised: vec![
            Praised { agent_no: some("A007"), department: None },
            Praised { agent_no: None, department: some("客服") },
        ],
        filed_by: some("王"),
        recording_ref: some("rec/1"),
    };
    let call = CallNote {
        text: String::new(),
        skill_group: some("售后组"),
        queue_wait_s: Some(75),
        talk_s: Some(0),
        ivr_presses: Some(25),
        ivr_path: vec!["主菜单".into(), "投诉".into()],
        transfers: vec![Transfer { from: "A1".into(), to: "A2".into(), at: time("2026-11-05T12:40:00.001Z") }],
        questions_repeated: Some(3),
        resolved: Some(false),
    };
    vec![
        complete,
        full(Stream::Commendations, "praise", TextBody::Commendation(commendation)),
        full(Stream::CallNotes, "call", TextBody::CallNote(call)),
        complaint("bare", "1999-12-31T23:59:59.999Z"),
        Record {
            head: common::events::head(Stream::CallNotes, "bare call", "2026-11-05T00:00:00Z"),
            body: TextBody::CallNote(CallNote::default()),
            ..complaint("bare call", "2026-11-05T00:00:00Z")
        },
    ]
}

#[tokio::test]
async fn records_come_back_as_they_went_in() {
    let engine = Engine::start().await;
    let records = records();
    let items: Vec<Item> =
        records.iter().enumerate().map(|(i, r)| record_item(i as u64, i as u64, r.clone())).collect();
    let written = engine.warehouse.write(&batch(items.clone())).await.unwrap();
    assert_eq!(written, Written { stored: 5, ..Written::default() });
    let ids: Vec<&str> = records.iter().map(|record| record.head.event_id.as_str()).collect();
    let stored = engine.warehouse.records(&ids).await.unwrap();
    assert_eq!(stored.iter().map(|stored| &stored.record).collect::<Vec<_>>(), records.iter().collect::<Vec<_>>());
    for (stored, item) in stored.iter().zip(&items) {
        assert_eq!(stored.position, item.position);
        assert_eq!((stored.arrival, stored.content_hash), (item.arrival, item.content_hash));
        assert_eq!(stored.received_at, item.received_at);
    }
    assert_eq!(engine.warehouse.record("unknown").await.unwrap(), None);
}

#[derive(Row, Deserialize)]
struct Json {
    row: String,
}

/// The only row of a table's fact with that id, as JSON.
async fn fact(engine: &Engine, table: &str, id: &str) -> Value {
    let sql =
        format!("SELECT formatRowNoNewline('JSONEachRow', * EXCEPT lane) AS row FROM {table} FINAL WHERE event_id = ?");
    let rows: Vec<Json> = engine.client().query(&sql).bind(id).fetch_all().await.unwrap();
    assert_eq!(rows.len(), 1, "{table} {id}");
    serde_json::from_str(&rows[0].row).unwrap()
}

async fn check_fact(engine: &Engine, table: &str, stream: &str, own_full: Value, own_bare: Value) {
    let bytes = |byte: char| byte.to_string().repeat(16);
    let head_full = json!({
        "source": "处理系统", "channel": "电话", "customer_key": bytes('\u{1}'), "order_key": bytes('\u{2}'),
        "case_key": bytes('\u{3}'), "call_id": "call-9", "agent_no": "A007", "department": "物流", "lane_origin": "杭州",
        "lane_destination": "上海", "lane_carrier": "顺行", "lane_service": "次日达", "unknown_fields": "{\"priority\":\"high\"}",
    });
    let none = bytes('\0');
    let head_bare = json!({
        "source": "", "channel": "", "customer_key": none, "order_key": none, "case_key": none, "call_id": "", "agent_no": "",
        "department": "", "lane_origin": "", "lane_destination": "", "lane_carrier": "", "lane_service": "", "unknown_fields": "",
    });
    let shared = json!({
        "occurred_at": "2026-11-05 12:34:56.789", "received_at": "2026-11-22 08:00:00.000", "is_deleted": 0,
        "partition_source": "journal:0badcafe", "partition_number": 0,
    });
    for (id, head, own) in [("true", head_full, own_full), ("false", head_bare, own_bare)] {
        let row = fact(engine, table, &format!("{stream}-{id}")).await;
        for (name, value) in [head, own, shared.clone()].iter().flat_map(|part| part.as_object().unwrap()) {
            assert_eq!(&row[name], value, "{table}.{name} of {id}: {row}");
        }
    }
}

#[tokio::test]
async fn facts_of_every_stream_are_stored_with_every_field() {
    let engine = Engine::start().await;
    let entries = [facts(true), facts(false)].concat();
    let items: Vec<Item> = entries.into_iter().enumerate().map(|(i, entry)| item(i as u64, i as u64, entry)).collect();
    let written = engine.warehouse.write(&batch(items)).await.unwrap();
    assert_eq!(written, Written { stored: 16, ..Written::default() });

    let full = json!({
        "promise_id": "p-1", "made_by_kind": "internal_standard", "owner_department": "运营", "made_at": "2026-11-01 08:00:00.000",
        "due_at": "2026-11-02 08:00:00.500", "promised_min": 1440, "valid_until": "2026-12-01 00:00:00.000", "text": "次日达",
        "agents_notified_at": "2026-11-03 00:00:00.000",
    });
    let bare = json!({ "promise_id": "p-1", "due_at": null, "promised_min": null, "valid_until": null, "text": "", "agents_notified_at": null });
    check_fact(&engine, "promises", "promises", full, bare).await;
    let full = json!({ "started_at": "2026-11-01 09:00:00.000", "finished_at": "2026-11-03 09:00:00.000" });
    check_fact(&engine, "deliveries", "deliveries", full, json!({ "finished_at": null })).await;
    let full = json!({ "kind": "waiting_customer", "holder": "customer", "text": "等客户补图" });
    check_fact(&engine, "case_events", "case-events", full, json!({ "text": "" })).await;
    let full = json!({ "request_id": "q-1", "to_department": "仓储", "node": "复核", "due_at": "2026-11-01 10:00:00.000", "text": "请核实出库时间" });
    check_fact(
        &engine,
        "department_requests",
        "department-requests",
        full,
        json!({ "node": "", "due_at": null, "text": "" }),
    )
    .await;
    let full = json!({ "request_id": "q-1", "outcome": "已出库", "text": "昨日已出库" });
    check_fact(&engine, "department_replies", "department-replies", full, json!({ "outcome": "", "text": "" })).await;
    let full = json!({ "record_id": "r-1", "verdict": "not_responsible", "judge": "李", "reason": "按标准答复", "appeal_id": "a-1" });
    check_fact(&engine, "judgements", "judgements", full, json!({ "appeal_id": "" })).await;
    let full = json!({ "appeal_id": "a-1", "record_id": "r-1", "filed_by": "王", "reason": "时间有误" });
    check_fact(&engine, "appeals", "appeals", full.clone(), full).await;
    let full = json!({ "record_id": "r-1", "by": "赵", "kind": "inquiry", "causes_corrected": true, "causes": ["promise.eta_overpromise", "other"], "note": "客户只是询问" });
    check_fact(
        &engine,
        "corrections",
        "corrections",
        full,
        json!({ "kind": "", "causes_corrected": false, "causes": [], "note": "" }),
    )
    .await;
}

#[tokio::test]
async fn a_dead_letter_keeps_its_bytes_whatever_they_are() {
    let engine = Engine::start().await;
    let bytes: Vec<u8> = (0..=255).chain(*b"\n\n").collect();
    let rejection = Rejection { reason: Reason::InvalidUtf8, field: None, detail: Some("7".into()), event_id: None };
    let letter = DeadLetter { stream: Stream::CallNotes, rejection, bytes: bytes.clone() };
    let items = vec![item(41, 1, Entry::Dead(Box::new(letter)))];
    let written = engine.warehouse.write(&batch(items.clone())).await.unwrap();
    assert_eq!(written, Written { dead: 1, ..Written::default() });

    let page = engine.warehouse.dead_letters(&DeadLetterFilter::default(), None, 10).await.unwrap();
    assert_eq!((page.total, page.letters.len(), page.next), (1, 1, None));
    let stored = &page.letters[0];
    assert_eq!(stored.dead_letter_id, "journal-0badcafe-0-41");
    assert_eq!(stored.position, items[0].position);
    assert_eq!((stored.stream.as_str(), stored.reason.as_str()), ("call-notes", "invalid_utf8"));
    assert_eq!(
        (stored.field.as_deref(), stored.detail.as_deref(), stored.event_id.as_deref()),
        (None, Some("7"), None)
    );
    assert_eq!((stored.size, stored.tries, stored.last_try.clone()), (258, 0, None));
    let kept = engine.warehouse.dead_letter("journal-0badcafe-0-41").await.unwrap();
    assert_eq!(kept, Some(("call-notes".to_owned(), bytes)));
    assert_eq!(engine.warehouse.dead_letter("journal-0badcafe-0-42").await.unwrap(), None);
}

#[tokio::test]
async fn keys_are_stored_as_their_bytes() {
    let engine = Engine::start().await;
    let mut record = complaint("r", "2026-11-05T00:00:00Z");
    record.head.customer_key = key(0xab);
    engine.warehouse.write(&batch(vec![record_item(0, 1, record)])).await.unwrap();
    let sql = "SELECT lower(hex(customer_key)) AS row FROM records FINAL";
    let rows: Vec<Json> = engine.client().query(sql).fetch_all().await.unwrap();
    assert_eq!(rows[0].row, "ab".repeat(16));
}
