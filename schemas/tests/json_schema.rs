//! The committed JSON Schemas are those of the types, and agree with decoding.
//! `UPDATE_SCHEMAS=1 cargo test -p tingjian-schemas` writes them anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{fs, path::PathBuf};

use serde_json::{Map, Value, json};
use tingjian_schemas::{Reason, Stream, decode, json_schema};

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn check_committed(name: &str, schema: &Value) {
    let path = folder("json").join(format!("{name}.schema.json"));
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(&path, format!("{schema:#}\n")).expect("write schema");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    // As values: the order of keys depends on the features with which serde_json happens to be built.
    let committed: Option<Value> = serde_json::from_str(&committed).ok();
    assert!(committed.as_ref() == Some(schema), "{name}: run UPDATE_SCHEMAS=1 cargo test -p tingjian-schemas, commit");
}

#[test]
fn committed_schemas_are_those_of_the_types() {
    for stream in Stream::ALL {
        check_committed(stream.name(), &json_schema::event_schema(stream));
    }
    check_committed("analysed-record", &json_schema::record_schema());
    let files = fs::read_dir(folder("json")).expect("folder").count();
    assert_eq!(files, Stream::ALL.len() + 1, "a schema that nothing generates");
}

/// The examples of a stream, as objects.
fn examples(stream: Stream) -> Vec<Map<String, Value>> {
    let text =
        fs::read_to_string(folder("examples").join(format!("{stream}.json"))).expect("an example file per stream");
    serde_json::from_str(&text).expect("a list of objects")
}

/// Whether decoding and the schema take `event`; they have to agree.
fn check(stream: Stream, event: &Value, valid: bool) {
    let decoded = decode(stream, event.to_string().as_bytes());
    assert_eq!(decoded.is_ok(), valid, "decode of {stream}: {decoded:?}\n{event}");
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.set_default_draft(boon::Draft::V2020_12);
    compiler.enable_format_assertions();
    compiler.add_resource("event.json", json_schema::event_schema(stream)).expect("a resource");
    let schema = compiler.compile("event.json", &mut schemas).expect("a valid schema");
    let validated = schemas.validate(event, schema);
    assert_eq!(validated.is_ok(), valid, "schema of {stream}: {:?}\n{event}", validated.err().map(|e| e.to_string()));
}

#[test]
fn examples_are_valid_and_synthetic() {
    for stream in Stream::ALL {
        let examples = examples(stream);
        assert!(examples.len() >= 2, "{stream}");
        for example in examples {
            assert_eq!(example["source"], "synthetic");
            check(stream, &Value::Object(example), true);
        }
    }
}

/// An example with every field of its stream that an example has.
fn full(stream: Stream) -> Map<String, Value> {
    let mut full = examples(stream).swap_remove(0);
    full.entry("customer").or_insert(json!({ "phone": "13900000009" }));
    for (name, value) in
        [("channel", "电话"), ("order_id", "O1"), ("case_id", "C1"), ("call_id", "L1"), ("agent_no", "0417")]
    {
        full.entry(name).or_insert(json!(value));
    }
    full.entry("department").or_insert(json!("物流"));
    full.entry("lane").or_insert(json!({ "carrier": "疾风速运" }));
    match stream {
        Stream::Promises => full.insert("due_at".into(), json!("2026-10-02T00:00:00+08:00")),
        Stream::Judgements => full.insert("appeal_id".into(), json!("AP-1")),
        _ => None,
    };
    full
}

fn names<'a>(list: impl IntoIterator<Item = &'a Value>) -> Vec<&'a str> {
    list.into_iter().filter_map(Value::as_str).collect()
}

#[test]
fn the_same_fields_are_known_and_required() {
    for stream in Stream::ALL {
        let schema = json_schema::event_schema(stream);
        let full = full(stream);
        let event = decode(stream, json!(full).to_string().as_bytes()).expect("full");
        assert!(event.unknown_fields.is_empty(), "{stream} does not know {:?}", event.unknown_fields);
        let properties = schema["properties"].as_object().expect("properties");
        assert_eq!(properties.keys().collect::<Vec<_>>(), full.keys().collect::<Vec<_>>(), "{stream}");
        let required = names(schema["required"].as_array().expect("required"));
        for name in properties.keys() {
            let needed = required.contains(&name.as_str());
            let mut without = full.clone();
            without.remove(name);
            check(stream, &json!(without), !needed);
            without.insert(name.clone(), Value::Null);
            check(stream, &json!(without), !needed);
            if needed {
                let rejection = decode(stream, json!(without).to_string().as_bytes()).expect_err(name);
                assert_eq!((rejection.reason, rejection.field.as_deref()), (Reason::Missing, Some(name.as_str())));
            }
        }
    }
}

/// Each property refuses a value of a wrong type, in the schema and in decoding.
#[test]
fn the_same_types_are_refused() {
    for stream in Stream::ALL {
        for name in full(stream).keys() {
            let mut event = full(stream);
            let wrong = if event[name].is_object() { json!(["x"]) } else { json!({ "x": 1 }) };
            event.insert(name.clone(), wrong);
            check(stream, &json!(event), false);
        }
    }
}

fn check_with(stream: Stream, pointer: &str, value: Value, valid: bool) {
    let mut event = json!(full(stream));
    *event.pointer_mut(pointer).expect(pointer) = value;
    check(stream, &event, valid);
}

#[test]
fn the_same_bounds_hold() {
    use Stream::{CallNotes, Commendations, Complaints, Corrections, Deliveries, Promises};
    let long = |n: usize| json!("x".repeat(n));
    check_with(Complaints, "/event_id", long(64), true);
    check_with(Complaints, "/event_id", long(65), false);
    check_with(Complaints, "/event_id", json!(""), false);
    check_with(Complaints, "/text", long(65_536), true);
    check_with(Complaints, "/text", long(65_537), false);
    check_with(Complaints, "/text", json!(""), false);
    check_with(Complaints, "/category", long(256), true);
    check_with(Complaints, "/category", long(257), false);
    check_with(Complaints, "/category", json!(""), true);
    check_with(Complaints, "/customer/phone", long(257), false);
    check_with(Complaints, "/customer", json!({}), true);
    check_with(Complaints, "/lane", json!({}), false);
    check_with(Complaints, "/lane", json!({ "origin": null, "carrier": "" }), false);
    check_with(Complaints, "/occurred_at", json!("2026-11-22"), false);
    check_with(Commendations, "/praised", json!([]), false);
    check_with(Commendations, "/praised", json!([{ "agent_no": null }]), false);
    check_with(Commendations, "/praised", json!(vec![json!({ "agent_no": "1" }); 256]), true);
    check_with(Commendations, "/praised", json!(vec![json!({ "agent_no": "1" }); 257]), false);
    check_with(Commendations, "/recording_ref", long(2048), true);
    check_with(Commendations, "/recording_ref", long(2049), false);
    check_with(CallNotes, "/queue_wait_s", json!(604_800), true);
    check_with(CallNotes, "/queue_wait_s", json!(604_801), false);
    check_with(CallNotes, "/queue_wait_s", json!(-1), false);
    check_with(CallNotes, "/queue_wait_s", json!(1.5), false);
    check_with(CallNotes, "/queue_wait_s", json!(3.0), true);
    check_with(CallNotes, "/ivr_path", json!([""]), false);
    check_with(CallNotes, "/ivr_path", json!(vec!["主菜单"; 257]), false);
    check_with(CallNotes, "/transfers", json!([{ "from": "一线", "to": "二线" }]), false);
    check_with(Promises, "/promised_min", json!(1_000_000_000), false);
    check_with(Promises, "/made_by_kind", json!("boss"), false);
    check_with(Deliveries, "/lane", json!({}), false);
    check_with(Deliveries, "/department", json!(""), false);
    check_with(Corrections, "/causes", json!(["a.b", "a.c", "a.d", "a.e"]), false);
    check_with(Corrections, "/kind", json!("praise"), false);
}

#[test]
fn a_promise_needs_a_time_and_a_link_in_both() {
    let mut promise = full(Stream::Promises);
    for name in ["due_at", "order_id", "case_id"] {
        promise.remove(name);
        check(Stream::Promises, &json!(promise), true);
    }
    let mut unlinked = promise.clone();
    unlinked.remove("lane");
    check(Stream::Promises, &json!(unlinked), false);
    promise.insert("promised_min".into(), Value::Null);
    check(Stream::Promises, &json!(promise), false);
}
