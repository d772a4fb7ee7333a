//! Every way to be wrong, with the field it names.

use serde_json::{Value, json};

use super::decode;
use crate::{Body, Event, Kind, Lane, Praised, Reason, Rejection, Stream, limits};

/// The smallest valid event of a stream.
fn least(stream: Stream) -> Value {
    let own = match stream {
        Stream::Complaints | Stream::CallNotes => json!({ "text": "到货太慢" }),
        Stream::Commendations => json!({ "text": "很耐心", "praised": [{ "agent_no": "0417" }] }),
        Stream::Promises => json!({
            "promise_id": "P1", "made_by_kind": "page", "owner_department": "产品",
            "made_at": "2026-11-01T00:00:00+08:00", "promised_min": 1440, "lane": { "carrier": "疾风速运" },
        }),
        Stream::Deliveries => json!({
            "order_id": "O1", "department": "物流", "lane": { "carrier": "疾风速运" },
            "started_at": "2026-11-20T09:00:00+08:00",
        }),
        Stream::CaseEvents => json!({ "case_id": "C1", "kind": "opened", "holder": "客服" }),
        Stream::DepartmentRequests => json!({ "case_id": "C1", "request_id": "Q1", "to_department": "物流" }),
        Stream::DepartmentReplies => json!({ "request_id": "Q1", "department": "物流" }),
        Stream::Judgements => json!({
            "record_id": "E0", "verdict": "pending", "department": "物流", "judge": "周", "reason": "待查",
        }),
        Stream::Appeals => json!({
            "appeal_id": "A1", "record_id": "E0", "department": "物流", "filed_by": "陈", "reason": "不认可",
        }),
        Stream::Corrections => json!({ "record_id": "E0", "by": "郑" }),
    };
    let mut event = json!({ "event_id": "E1", "occurred_at": "2026-11-22T09:30:00+08:00" });
    event.as_object_mut().expect("object").extend(own.as_object().expect("object").clone());
    event
}

/// The smallest valid event with some fields set.
fn with(stream: Stream, fields: &Value) -> Result<Event, Rejection> {
    let mut event = least(stream);
    event.as_object_mut().expect("object").extend(fields.as_object().expect("object").clone());
    decode(stream, event.to_string().as_bytes())
}

/// With these fields set it is refused for `reason` at `field`, and its id is reported.
fn check(stream: Stream, fields: Value, reason: Reason, field: &str, detail: Option<&str>) {
    let rejection = with(stream, &fields).expect_err(&fields.to_string());
    let expected = Rejection {
        reason,
        field: Some(field.to_owned()),
        detail: detail.map(str::to_owned),
        event_id: Some("E1".to_owned()),
    };
    assert_eq!(rejection, expected, "{fields}");
    check_sentences(&rejection);
}

/// These bytes of a complaint are refused.
fn check_bytes(bytes: &[u8], reason: Reason, field: Option<&str>, detail: Option<&str>, event_id: Option<&str>) {
    let rejection = decode(Stream::Complaints, bytes).expect_err("refused");
    let shown = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).into_owned();
    assert_eq!(rejection.reason, reason, "{shown}: {rejection}");
    assert_eq!(rejection.field.as_deref(), field, "{shown}");
    if detail.is_some() {
        assert_eq!(rejection.detail.as_deref(), detail, "{shown}");
    }
    assert_eq!(rejection.event_id.as_deref(), event_id, "{shown}");
    check_sentences(&rejection);
}

/// Both sentences name the field and every detail.
fn check_sentences(rejection: &Rejection) {
    for sentence in [rejection.message_zh(), rejection.to_string()] {
        assert!(sentence.contains(rejection.field.as_deref().unwrap_or("")), "{sentence}");
        assert!(!sentence.contains('\n') && sentence.chars().count() < 400, "{sentence}");
    }
    assert!(rejection.message_zh().chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)));
    if !matches!(rejection.reason, Reason::WrongType | Reason::InvalidJson) {
        let detail = rejection.detail.as_deref().unwrap_or("");
        assert!(rejection.message_zh().contains(detail) && rejection.to_string().contains(detail), "{rejection}");
    }
}

#[test]
fn the_smallest_events_are_valid() {
    for stream in Stream::ALL {
        let event = decode(stream, least(stream).to_string().as_bytes()).expect("valid");
        assert_eq!((event.stream, &*event.common.event_id, event.unknown_fields.len()), (stream, "E1", 0));
        assert_eq!(event.common.occurred_at.to_string(), "2026-11-22T01:30:00Z");
    }
}

#[test]
fn bytes_that_are_no_event() {
    // “你好” in GB18030.
    check_bytes(b"{\"event_id\":\"E1\",\"text\":\"\xc4\xe3\xba\xc3\"}", Reason::InvalidUtf8, None, Some("26"), None);
    check_bytes(b"\xff\xfe{\0}\0", Reason::InvalidUtf8, None, Some("1"), None);
    check_bytes(b"", Reason::InvalidJson, None, None, None);
    check_bytes(b"  \n", Reason::InvalidJson, None, None, None);
    check_bytes(b"event_id,text", Reason::InvalidJson, None, None, None);
    check_bytes(b"{'event_id':'E1'}", Reason::InvalidJson, None, Some("1:2 key must be a string"), None);
    check_bytes(b"{\"event_id\":\"E1\",}", Reason::InvalidJson, None, Some("1:18 trailing comma"), Some("E1"));
    check_bytes(b"{\"event_id\":\"E1\"} {}", Reason::InvalidJson, None, Some("1:19 trailing characters"), None);
    check_bytes(b"{\"event_id\":\"E1\",\"text\":\"a\nb\"}", Reason::InvalidJson, Some("text"), None, Some("E1"));
    check_bytes(b"{\"event_id\":\"E1\",\"talk_s\":NaN}", Reason::InvalidJson, Some("talk_s"), None, Some("E1"));
    check_bytes(b"{\"event_id\":\"E1\",\"x\":1e999}", Reason::InvalidJson, Some("x"), None, Some("E1"));
    check_bytes(b"{\"event_id\":\"E1\",\"x\":[1,{\"y\":tru}]}", Reason::InvalidJson, Some("x[1].y"), None, Some("E1"));
    for value in ["null", "true", "3", "\"E1\"", "[]", "[{\"event_id\":\"E1\"}]"] {
        check_bytes(value.as_bytes(), Reason::NotAnObject, None, None, None);
    }
}

#[test]
fn sentences_say_where_what_and_what_to_do() {
    let check = |bytes: &[u8], zh: &str, en: &str| {
        let rejection = decode(Stream::Complaints, bytes).expect_err(zh);
        assert_eq!((rejection.message_zh().as_str(), rejection.to_string().as_str()), (zh, en));
    };
    check(
        b"{\"event_id\":1}",
        "字段 event_id 的类型不对，应为文本（加引号；编号也要加引号，以免丢掉前面的 0）",
        "event_id has the wrong type: expected string",
    );
    check(
        b"{\"event_id\"}",
        "字段 event_id 不是合法的 JSON（第 1 行第 12 字节：expected `:`），请检查引号、逗号和括号",
        "event_id is not valid JSON (1:12 expected `:`)",
    );
    check(
        b"\"\xb4\xe6\"",
        "整条事件从第 2 字节起不是 UTF-8 编码，常见原因是 GBK/GB18030，请转码后重发",
        "the event is not UTF-8 from byte 2 on",
    );
    check(
        br#"{"event_id":"E1","occurred_at":"2026-11-22 09:30:00"}"#,
        "字段 occurred_at 没有写时区，请补上，如 2026-11-22T09:30:00+08:00",
        "occurred_at is a time without an offset from UTC",
    );
}

#[test]
fn surrogates_without_their_half() {
    check_bytes(br#"{"event_id":"E1","text":"\ud800"}"#, Reason::LoneSurrogate, Some("text"), None, Some("E1"));
    check_bytes(br#"{"event_id":"E1","text":"\udc00 x"}"#, Reason::LoneSurrogate, Some("text"), None, Some("E1"));
    check_bytes(br#"{"event_id":"E1","text":"\ud83d\u0041"}"#, Reason::LoneSurrogate, Some("text"), None, Some("E1"));
    check_bytes(br#"{"event_id":"\ud83d"}"#, Reason::LoneSurrogate, Some("event_id"), None, None);
    check_bytes(
        br#"{"event_id":"E1","x":{"y":["a","\ud83d"]}}"#,
        Reason::LoneSurrogate,
        Some("x.y[1]"),
        None,
        Some("E1"),
    );
    check_bytes(br#"{"event_id":"E1","\ud83d":1}"#, Reason::LoneSurrogate, None, None, Some("E1"));
    // The first thing wrong is told.
    check_bytes(br#"{"event_id":"E1",,"text":"\ud83d"}"#, Reason::InvalidJson, None, None, Some("E1"));
    let smile = with(Stream::Complaints, &json!({ "text": "好\u{1f600}" })).expect("whole characters");
    let escaped = br#"{"event_id":"E1","occurred_at":"2026-11-22T09:30:00+08:00","text":"\u597d\ud83d\ude00"}"#;
    assert_eq!(decode(Stream::Complaints, escaped), Ok(smile));
}

#[test]
fn what_is_there_twice_or_too_often() {
    let fields = |n: usize| (0..n).map(|i| format!("\"f{i}\":{i}")).collect::<Vec<_>>().join(",");
    let event = |fields: &str| {
        format!("{{\"event_id\":\"E1\",\"occurred_at\":\"2026-11-22T09:30:00+08:00\",\"text\":\"x\",{fields}}}")
    };
    let check =
        |fields: &str, reason, field, detail| check_bytes(event(fields).as_bytes(), reason, field, detail, Some("E1"));
    check("\"text\":\"y\"", Reason::DuplicateField, Some("text"), None);
    check("\"event_id\":\"E2\"", Reason::DuplicateField, Some("event_id"), None);
    check("\"x\":1,\"x\":1", Reason::DuplicateField, Some("x"), None);
    check("\"x\":1,\"\\u0078\":1", Reason::DuplicateField, Some("x"), None);
    check("\"customer\":{\"phone\":\"1\",\"phone\":\"2\"}", Reason::DuplicateField, Some("customer.phone"), None);
    check("\"x\":[0,{\"y\":{\"z\":1,\"z\":1}}]", Reason::DuplicateField, Some("x[1].y.z"), None);
    check(&format!("{},\"f7\":0", fields(100)), Reason::DuplicateField, Some("f7"), None);
    check(&fields(10_000), Reason::TooManyFields, None, Some("256"));
    check(&fields(254), Reason::TooManyFields, None, Some("256"));
    check(&format!("\"x\":{{{}}}", fields(257)), Reason::TooManyFields, Some("x"), Some("256"));
    let kept = decode(Stream::Complaints, event(&fields(253)).as_bytes()).expect("256 fields");
    assert_eq!(kept.unknown_fields.len(), 253);
}

#[test]
fn depth_and_size_are_bounded() {
    let nested = |depth: usize| format!("{{\"event_id\":\"E1\",\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    let path = Some("x[0][0][0][0][0][0][0]…");
    check_bytes(nested(limits::DEPTH).as_bytes(), Reason::TooDeep, path, Some("32"), Some("E1"));
    check_bytes(nested(400_000).as_bytes(), Reason::TooDeep, path, Some("32"), Some("E1"));
    check_bytes(nested(limits::DEPTH - 1).as_bytes(), Reason::Missing, Some("occurred_at"), None, Some("E1"));
    let mut large = least(Stream::Complaints).to_string().into_bytes();
    large.resize(limits::EVENT_BYTES, b' ');
    assert!(decode(Stream::Complaints, &large).is_ok());
    large.push(b' ');
    check_bytes(&large, Reason::EventTooLarge, None, Some("1048576"), None);
}

#[test]
fn field_names_in_rejections_are_short_and_printable() {
    let name = format!("\\u0000\\n{}", "长".repeat(1000));
    let shown = format!("\u{fffd}\u{fffd}{}…", "长".repeat(62));
    let event = format!("{{\"event_id\":\"E1\",\"{name}\":1,\"{name}\":2}}");
    check_bytes(event.as_bytes(), Reason::DuplicateField, Some(&shown), None, Some("E1"));
}

#[test]
fn ids() {
    let check = |id: Value, reason, detail: Option<&str>| {
        let rejection = with(Stream::Complaints, &json!({ "event_id": id })).expect_err("id");
        assert_eq!((rejection.reason, rejection.detail.as_deref()), (reason, detail), "{id}");
        assert_eq!((rejection.field.as_deref(), rejection.event_id), (Some("event_id"), None), "{id}");
    };
    check(json!(null), Reason::Missing, None);
    check(json!(17), Reason::WrongType, Some("string"));
    check(json!(["E1"]), Reason::WrongType, Some("string"));
    check(json!(""), Reason::Empty, None);
    check(json!(" \u{3000}\t"), Reason::Empty, None);
    check(json!("E\u{0}1"), Reason::ControlCharacter, None);
    check(json!("E\n1"), Reason::ControlCharacter, None);
    check(json!("E\u{7f}1"), Reason::ControlCharacter, None);
    check(json!("工\u{85}单"), Reason::ControlCharacter, None);
    check(json!("x".repeat(65)), Reason::TooLong, Some("64"));
    check(json!("单".repeat(22)), Reason::TooLong, Some("64"));
    for (sent, id) in
        [("单".repeat(21), "单".repeat(21)), (" E 1\n".into(), "E 1".into()), ("x".repeat(64), "x".repeat(64))]
    {
        let event = with(Stream::Complaints, &json!({ "event_id": sent })).expect(&id);
        assert_eq!(event.common.event_id, id);
    }
}

#[test]
fn common_fields() {
    use Reason::{ControlCharacter, LaneWithoutPart, TooLong, WrongType};
    let check = |fields, reason, field, detail| check(Stream::Complaints, fields, reason, field, detail);
    check(json!({ "occurred_at": null }), Reason::Missing, "occurred_at", None);
    check(json!({ "occurred_at": 1_763_775_000 }), WrongType, "occurred_at", Some("time"));
    check(json!({ "occurred_at": "" }), Reason::UnreadableTime, "occurred_at", None);
    check(json!({ "occurred_at": "2026-11-22T09:30:00" }), Reason::TimeWithoutOffset, "occurred_at", None);
    check(json!({ "occurred_at": "1970-01-01T00:00:00Z" }), Reason::TimeOutOfRange, "occurred_at", Some("2000–2099"));
    check(json!({ "channel": 1 }), WrongType, "channel", Some("string"));
    check(json!({ "channel": "x".repeat(257) }), TooLong, "channel", Some("256"));
    check(json!({ "department": "物\n流" }), ControlCharacter, "department", None);
    check(json!({ "agent_no": 417 }), WrongType, "agent_no", Some("string"));
    check(json!({ "order_id": "x".repeat(65) }), TooLong, "order_id", Some("64"));
    check(json!({ "customer": "13900000001" }), WrongType, "customer", Some("object"));
    check(json!({ "customer": { "phone": 139 } }), WrongType, "customer.phone", Some("string"));
    check(json!({ "lane": [] }), WrongType, "lane", Some("object"));
    check(json!({ "lane": { "origin": false } }), WrongType, "lane.origin", Some("string"));
    check(json!({ "lane": {} }), LaneWithoutPart, "lane", None);
    check(json!({ "lane": { "origin": " ", "carrier": null, "region": "西北" } }), LaneWithoutPart, "lane", None);
}

#[test]
fn texts() {
    let check = |text, reason, detail| check(Stream::Complaints, json!({ "text": text }), reason, "text", detail);
    check(json!(null), Reason::Missing, None);
    check(json!(["慢"]), Reason::WrongType, Some("string"));
    for blank in ["", " \r\n\u{3000}", "\u{200b}\u{feff}\u{0}"] {
        check(json!(blank), Reason::Empty, None);
    }
    check(json!("哈".repeat(21_846)), Reason::TooLong, Some("65536"));
    for text in ["哈".repeat(21_845), " 前后的空白\n留着 \u{0}".into(), "x".repeat(65_536)] {
        let event = with(Stream::Complaints, &json!({ "text": text })).expect("valid");
        assert!(matches!(event.body, Body::Complaint(own) if own.text == text));
    }
}

#[test]
fn commendations() {
    let check = |praised, reason, field, detail| {
        check(Stream::Commendations, json!({ "praised": praised }), reason, field, detail);
    };
    check(json!(null), Reason::Missing, "praised", None);
    check(json!([]), Reason::Empty, "praised", None);
    check(json!({ "agent_no": "1" }), Reason::WrongType, "praised", Some("list"));
    check(json!(["0417"]), Reason::WrongType, "praised[0]", Some("object"));
    check(json!([{ "agent_no": "1" }, {}]), Reason::NamesNobody, "praised[1]", None);
    check(json!([{ "agent_no": " ", "name": "小李" }]), Reason::NamesNobody, "praised[0]", None);
    let two = json!([{ "agent_no": "1" }, { "department": "仓储" }, { "agent_no": 7 }]);
    check(two, Reason::WrongType, "praised[2].agent_no", Some("string"));
    check(json!(vec![json!({ "agent_no": "1" }); 257]), Reason::TooManyItems, "praised", Some("256"));
    let event = with(Stream::Commendations, &json!({ "praised": [{ "department": "仓储" }] })).expect("a department");
    let praised = Praised { agent_no: None, department: Some("仓储".into()) };
    assert!(matches!(event.body, Body::Commendation(own) if own.praised == [praised]));
}

#[test]
fn call_notes() {
    let check = |fields, reason, field, detail| check(Stream::CallNotes, fields, reason, field, detail);
    check(json!({ "queue_wait_s": -1 }), Reason::Negative, "queue_wait_s", None);
    check(json!({ "queue_wait_s": -0.5 }), Reason::Negative, "queue_wait_s", None);
    check(json!({ "talk_s": 1.5 }), Reason::Fraction, "talk_s", None);
    check(json!({ "talk_s": 604_801 }), Reason::OutOfRange, "talk_s", Some("604800"));
    check(json!({ "talk_s": u64::MAX }), Reason::OutOfRange, "talk_s", Some("604800"));
    check(json!({ "talk_s": 1e300 }), Reason::OutOfRange, "talk_s", Some("604800"));
    check(json!({ "talk_s": "60" }), Reason::WrongType, "talk_s", Some("whole number"));
    check(json!({ "ivr_presses": 10_001 }), Reason::OutOfRange, "ivr_presses", Some("10000"));
    check(json!({ "questions_repeated": true }), Reason::WrongType, "questions_repeated", Some("whole number"));
    check(json!({ "resolved": "true" }), Reason::WrongType, "resolved", Some("true or false"));
    check(json!({ "ivr_path": "主菜单" }), Reason::WrongType, "ivr_path", Some("list"));
    check(json!({ "ivr_path": ["主菜单", 2] }), Reason::WrongType, "ivr_path[1]", Some("string"));
    check(json!({ "ivr_path": ["主菜单", ""] }), Reason::Empty, "ivr_path[1]", None);
    check(json!({ "ivr_path": vec!["主菜单"; 257] }), Reason::TooManyItems, "ivr_path", Some("256"));
    let transfer = |at: Value| json!({ "transfers": [{ "from": "一线", "to": "二线", "at": at }] });
    check(transfer(json!(null)), Reason::Missing, "transfers[0].at", None);
    check(transfer(json!("2026-11-22 09:30")), Reason::TimeWithoutOffset, "transfers[0].at", None);
    check(json!({ "transfers": [{ "to": "二线" }] }), Reason::Missing, "transfers[0].from", None);
    let event = with(Stream::CallNotes, &json!({ "talk_s": 3.0, "queue_wait_s": 0, "ivr_path": null })).expect("valid");
    assert!(matches!(event.body, Body::CallNote(own) if (own.talk_s, own.queue_wait_s) == (Some(3), Some(0))));
}

#[test]
fn promises() {
    let check = |fields, reason, field, detail| check(Stream::Promises, fields, reason, field, detail);
    let makers = "advert, page, internal_standard, agent, callback";
    check(json!({ "promise_id": "" }), Reason::Empty, "promise_id", None);
    check(json!({ "made_by_kind": "Page" }), Reason::UnknownValue, "made_by_kind", Some(makers));
    check(json!({ "made_by_kind": 1 }), Reason::WrongType, "made_by_kind", Some("string"));
    check(json!({ "owner_department": null }), Reason::Missing, "owner_department", None);
    check(json!({ "promised_min": null }), Reason::NeitherGiven, "due_at", Some("promised_min"));
    check(json!({ "promised_min": 1_000_000_000 }), Reason::OutOfRange, "promised_min", Some("5256000"));
    check(json!({ "promised_min": -1440 }), Reason::Negative, "promised_min", None);
    check(json!({ "lane": null }), Reason::PromiseWithoutLink, "order_id", Some("case_id"));
    check(json!({ "order_id": " " }), Reason::Empty, "order_id", None);
    check(json!({ "case_id": "" }), Reason::Empty, "case_id", None);
    let due = |at: &str| json!({ "promised_min": null, "due_at": at });
    check(due("2026-10-31T23:59:59+08:00"), Reason::Contradiction, "due_at", Some("made_at"));
    check(due("2036-10-30T00:00:00+08:00"), Reason::OutOfRange, "due_at", Some("5256000"));
    check(json!({ "valid_until": "2026-10-31T00:00:00+08:00" }), Reason::Contradiction, "valid_until", Some("made_at"));
    let both = |at: &str| json!({ "due_at": at });
    check(both("2026-11-02T00:01:00+08:00"), Reason::Contradiction, "promised_min", Some("due_at"));
    for valid in [
        both("2026-11-02T00:00:59+08:00"),
        due("2026-11-01T00:00:00+08:00"),
        due("2036-10-29T00:00:00+08:00"),
        json!({ "promised_min": 0 }),
        json!({ "promised_min": 5_256_000 }),
        json!({ "agents_notified_at": "2026-10-01T00:00:00+08:00" }),
        json!({ "lane": null, "case_id": "C1" }),
    ] {
        assert!(with(Stream::Promises, &valid).is_ok(), "{valid}");
    }
}

#[test]
fn other_facts() {
    use Stream::{Appeals, CaseEvents, Corrections, Deliveries, DepartmentReplies, DepartmentRequests, Judgements};
    let late = "2026-11-20T08:59:59+08:00";
    check(Deliveries, json!({ "finished_at": late }), Reason::Contradiction, "finished_at", Some("started_at"));
    check(Deliveries, json!({ "finished_at": "" }), Reason::UnreadableTime, "finished_at", None);
    check(Deliveries, json!({ "order_id": " " }), Reason::Empty, "order_id", None);
    check(Deliveries, json!({ "lane": null }), Reason::Missing, "lane", None);
    check(Deliveries, json!({ "department": null }), Reason::Missing, "department", None);
    assert!(with(Deliveries, &json!({ "finished_at": "2026-11-20T09:00:00+08:00" })).is_ok());
    let steps = "opened, assigned, waiting_customer, resumed, follow_up, resolved, reopened, closed";
    check(CaseEvents, json!({ "kind": "paused" }), Reason::UnknownValue, "kind", Some(steps));
    check(CaseEvents, json!({ "holder": "" }), Reason::Empty, "holder", None);
    check(CaseEvents, json!({ "case_id": null }), Reason::Missing, "case_id", None);
    let before = json!({ "due_at": "2026-11-22T09:29:59+08:00" });
    check(DepartmentRequests, before, Reason::Contradiction, "due_at", Some("occurred_at"));
    check(DepartmentRequests, json!({ "to_department": 5 }), Reason::WrongType, "to_department", Some("string"));
    check(DepartmentReplies, json!({ "department": "" }), Reason::Empty, "department", None);
    check(DepartmentReplies, json!({ "text": "x".repeat(65_537) }), Reason::TooLong, "text", Some("65536"));
    let verdicts = "responsible, partly, not_responsible, force_majeure, pending";
    check(Judgements, json!({ "verdict": "有责" }), Reason::UnknownValue, "verdict", Some(verdicts));
    check(Judgements, json!({ "reason": " " }), Reason::Empty, "reason", None);
    check(Appeals, json!({ "filed_by": null }), Reason::Missing, "filed_by", None);
    let kinds = "complaint, commendation, inquiry, suggestion, other";
    check(Corrections, json!({ "kind": "praise" }), Reason::UnknownValue, "kind", Some(kinds));
    check(Corrections, json!({ "causes": ["a.b", "a.c", "a.d", "a.e"] }), Reason::TooManyItems, "causes", Some("3"));
    check(Corrections, json!({ "causes": ["a.b", " "] }), Reason::Empty, "causes[1]", None);
    let event = with(Corrections, &json!({ "kind": "inquiry", "causes": [], "note": "" })).expect("valid");
    let Body::Correction(own) = event.body else { panic!("a correction") };
    assert_eq!((own.kind, own.causes, own.note), (Some(Kind::Inquiry), Some(vec![]), None));
}

#[test]
fn blank_and_null_optional_fields_are_absent() {
    let bare = with(Stream::Complaints, &json!({}));
    for value in [json!(null), json!(""), json!(" \t")] {
        let fields = json!({ "source": value, "order_id": value, "agent_no": value, "category": value });
        assert_eq!(with(Stream::Complaints, &fields), bare, "{value}");
    }
    let nobody = json!({ "customer": { "phone": "", "name": null }, "lane": null });
    assert_eq!(with(Stream::Complaints, &nobody), bare);
}

#[test]
fn names_are_taken_without_the_space_around_them() {
    let lane = json!({ "lane": { "origin": " 杭州\u{3000}" }, "department": "物流 " });
    let event = with(Stream::Complaints, &lane).expect("valid");
    assert_eq!(event.common.lane, Some(Lane { origin: Some("杭州".into()), ..Lane::default() }));
    assert_eq!(event.common.department.as_deref(), Some("物流"));
}

#[test]
fn unknown_fields_are_kept_as_they_are() {
    let unknown = json!({
        "level": 2, "nothing": null, "tags": ["a", { "b": [1.5, -3, true] }], "长": "値", "big": u64::MAX,
        "customer": { "phone": "1", "level": "金卡" }, "lane": { "carrier": "c", "km": 9 },
    });
    let event = with(Stream::Complaints, &unknown).expect("never an error");
    let kept = json!({
        "level": 2, "nothing": null, "tags": ["a", { "b": [1.5, -3, true] }], "长": "値", "big": u64::MAX,
        "customer.level": "金卡", "lane.km": 9,
    });
    assert_eq!(Value::Object(event.unknown_fields), kept);
    let praised = json!({ "praised": [{ "agent_no": "1" }, { "agent_no": "2", "name": "小李" }] });
    let event = with(Stream::Commendations, &praised).expect("never an error");
    assert_eq!(Value::Object(event.unknown_fields), json!({ "praised[1].name": "小李" }));
}

#[test]
fn a_byte_order_mark_and_white_space_are_no_error() {
    let event = format!("\u{feff} \r\n{}\n", least(Stream::Complaints));
    assert!(decode(Stream::Complaints, event.as_bytes()).is_ok());
}

#[test]
fn reasons_have_one_stable_name() {
    for reason in Reason::ALL {
        assert_eq!(json!(reason), json!(reason.name()));
        assert_eq!(reason.name().parse(), Ok(reason));
    }
    assert!("no_reason".parse::<Reason>().is_err());
    let listed = schemars::schema_for!(Reason).to_value();
    assert_eq!(listed["oneOf"].as_array().map(Vec::len), Some(Reason::ALL.len()), "ALL has every reason");
}
