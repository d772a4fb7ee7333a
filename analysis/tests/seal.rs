//! Nothing that says who the customer is comes out of the sealer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use tingjian_analysis::{Analyser, LinkKind, Options, Sealed, Sealer};
use tingjian_schemas::{Head, Stream, Taxonomy, decode};

static ANALYSER: LazyLock<Analyser> =
    LazyLock::new(|| Analyser::new(&Taxonomy::shipped().unwrap(), &Options::default()).unwrap());

fn seal(stream: Stream, event: &Value) -> Sealed {
    let event = decode(stream, event.to_string().as_bytes()).unwrap();
    Sealer::new(b"secret").seal(&ANALYSER, event)
}

fn head(sealed: &Sealed) -> &Head {
    match sealed {
        Sealed::Record(record) => &record.head,
        Sealed::Fact(fact) => &fact.head,
    }
}

fn written(sealed: &Sealed) -> String {
    match sealed {
        Sealed::Record(record) => serde_json::to_string(record).unwrap(),
        Sealed::Fact(fact) => serde_json::to_string(fact).unwrap(),
    }
}

/// An event of every stream with `said` in each string that is not one of the sender's ids.
fn event(stream: Stream, said: &str, customer: &Value) -> Value {
    let time = "2026-03-02T10:00:00+08:00";
    let own = match stream {
        Stream::Complaints => json!({"text": said, "category": said}),
        Stream::Commendations => json!({"text": said, "praised": [{"agent_no": "1024", "department": said}],
            "filed_by": said, "recording_ref": format!("recordings/{said}.wav")}),
        Stream::CallNotes => json!({"text": said, "skill_group": said, "ivr_path": [said, "1"],
            "transfers": [{"from": said, "to": said, "at": time}]}),
        Stream::Promises => {
            json!({"promise_id": "p1", "made_by_kind": "agent", "owner_department": said, "made_at": time,
            "promised_min": 40, "text": said})
        }
        Stream::Deliveries => json!({"started_at": time, "lane": {"origin": said, "destination": said, "carrier": said,
            "service": said}, "department": said}),
        Stream::CaseEvents => json!({"kind": "opened", "holder": said, "text": said}),
        Stream::DepartmentRequests => json!({"request_id": "r1", "to_department": said, "node": said, "text": said}),
        Stream::DepartmentReplies => json!({"request_id": "r1", "department": said, "outcome": said, "text": said}),
        Stream::Judgements => json!({"record_id": "e1", "verdict": "responsible", "department": said, "judge": said,
            "reason": said}),
        Stream::Appeals => json!({"appeal_id": "a1", "record_id": "e1", "department": said, "filed_by": said,
            "reason": said}),
        Stream::Corrections => json!({"record_id": "e1", "by": said, "kind": "complaint", "note": said}),
    };
    let mut event = json!({"event_id": "e1", "occurred_at": time, "source": said, "channel": said, "customer": customer,
        "agent_no": "1024", "extra": {"note": said, "list": [said], "said": {"deep": said}}});
    for (name, value) in own.as_object().unwrap() {
        event[name] = value.clone();
    }
    event["order_id"] = customer["order"].clone();
    event["case_id"] = customer["case"].clone();
    event["customer"].as_object_mut().unwrap().retain(|name, _| ["phone", "account", "name"].contains(&name.as_str()));
    event
}

fn customer() -> impl Strategy<Value = (String, String, String, String, String)> {
    (
        "1[3-9][0-9]{9}",
        "[a-z]{2,4}_[a-z0-9]{3,8}[0-9]",
        "[赵钱孙李周][伟芳娜秀敏]{1,2}",
        "[A-Z]{2}[0-9]{6,12}",
        "WO-[0-9]{5,8}",
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_clear_value_comes_out(
        (phone, account, name, order, case) in customer(),
        stream in prop::sample::select(Stream::ALL.to_vec()),
        words in prop::collection::vec("[快递慢客服不理，。 ]{0,4}", 6),
    ) {
        let customer = json!({"phone": phone, "account": account, "name": name, "order": order, "case": case});
        let spaced = format!("{} {} {}", &phone[..3], &phone[3..7], &phone[7..]);
        let parts = [&phone, &account, &name, &order, &case, &spaced];
        let said: String = words.iter().zip(parts).map(|(word, part)| format!("{word}，{part}，")).collect();
        let sealed = written(&seal(stream, &event(stream, &said, &customer)));
        for clear in parts {
            prop_assert!(!sealed.contains(clear.as_str()), "{clear} in {sealed}");
            prop_assert!(!sealed.to_lowercase().contains(&clear.to_lowercase()), "{clear} in {sealed}");
        }
    }

    #[test]
    fn sealing_again_changes_no_text((phone, account, name, order, case) in customer(), words in "[快递慢客服不理，。 0-9]{0,20}") {
        let customer = json!({"phone": phone, "account": account, "name": name, "order": order, "case": case});
        let said = format!("{words}{name}{phone}，{account} {order}（{case}）{words}");
        let Sealed::Record(once) = seal(Stream::Complaints, &event(Stream::Complaints, &said, &customer)) else { unreachable!() };
        let stored = once.reading.text.clone();
        let Sealed::Record(again) = seal(Stream::Complaints, &event(Stream::Complaints, &stored, &customer)) else { unreachable!() };
        prop_assert_eq!(again.reading.text, stored);
    }
}

#[test]
fn a_value_is_found_however_it_is_written() {
    let customer = json!({"phone": "+86 138-0013-8000", "account": "Zhang_San88", "name": "张三丰", "order": "JD-2018-99", "case": "WO77"});
    let text = |said: &str| match seal(Stream::Complaints, &event(Stream::Complaints, said, &customer)) {
        Sealed::Record(record) => record.reading.text,
        Sealed::Fact(_) => unreachable!(),
    };
    for (said, sealed) in [
        ("我是张三丰", "我是【姓名】"),
        ("我是 张 三 丰", "我是 【姓名】"),
        ("張三豐的快遞", "【姓名】的快递"),
        ("登录名ZHANG_SAN88登不上", "登录名【账号】登不上"),
        ("ｚｈａｎｇ＿ｓａｎ８８", "【账号】"),
        ("订单jd201899没到", "订单【单号】没到"),
        ("一三八零零一三八零零零", "【手机号】"),
        ("工单 wo77 没人管", "工单 【单号】 没人管"),
        ("张三没来，WO771也没来", "张三没来，WO771也没来"),
    ] {
        assert_eq!(text(said), sealed, "{said}");
    }
}

#[test]
fn one_value_gives_one_key() {
    let sealer = Sealer::new(b"secret");
    let key = |clear| sealer.key(LinkKind::Customer, clear).to_string();
    // Made apart with another HMAC: sha256("secret") as key, "customer\0" + digits, first 128 bits.
    assert_eq!(key("13800138000"), "e382cfeb7726914aaad9e0dd957ae550");
    for same in ["+86 138 0013 8000", "86-13800138000", "0086 13800138000", "１３８００１３８０００", "013800138000"]
    {
        assert_eq!(key(same), key("13800138000"), "{same}");
    }
    assert_eq!(key(" 張三 "), key("张三"));
    assert_eq!(key("Zhang_San"), key("zhang_san"));
    assert_ne!(key("13800138001"), key("13800138000"));
    assert_eq!(sealer.key(LinkKind::Order, "JD 123456").to_string(), "2b04807e4f37abde012b2df40a702fa4");
    assert_eq!(sealer.key(LinkKind::Case, "WO1").to_string(), "b946bc2c7b2c3ca08b30a71a86bfafb7");
    assert_ne!(sealer.key(LinkKind::Order, "1"), sealer.key(LinkKind::Case, "1"));
    assert_ne!(Sealer::new(b"other").key(LinkKind::Order, "1"), sealer.key(LinkKind::Order, "1"));
}

#[test]
fn the_customer_is_the_account_else_the_phone_else_the_name() {
    let sealer = Sealer::new(b"secret");
    for (customer, by) in [
        (json!({"phone": "13800138000", "account": "abc_1", "name": "张三"}), Some("abc_1")),
        (json!({"phone": "13800138000", "name": "张三"}), Some("13800138000")),
        (json!({"name": "张三"}), Some("张三")),
        (json!({}), None),
    ] {
        let sealed = seal(Stream::Complaints, &event(Stream::Complaints, "慢", &customer));
        assert_eq!(head(&sealed).customer_key, by.map(|clear| sealer.key(LinkKind::Customer, clear)), "{customer}");
    }
}

#[test]
fn unknown_fields_are_kept_and_masked() {
    let mut event = event(Stream::Complaints, "慢", &json!({"name": "张三"}));
    event["extra"] = json!({"tel": 13_800_138_000u64, "who": "张三", "n": 40, "ok": true, "none": null, "list": ["13800138000", 1.5]});
    let sealed = seal(Stream::Complaints, &event);
    let unknown: Value = serde_json::from_str(&head(&sealed).unknown_fields).unwrap();
    assert_eq!(
        unknown["extra"],
        json!({"tel": "【手机号】", "who": "【姓名】", "n": 40, "ok": true, "none": null, "list": ["【手机号】", 1.5]})
    );
    event.as_object_mut().unwrap().remove("extra");
    assert_eq!(head(&seal(Stream::Complaints, &event)).unknown_fields, "");
}

#[test]
fn names_of_things_stay_as_written() {
    let mut event = event(Stream::Judgements, "客服部", &json!({}));
    event["department"] = json!("物流部（華東）Ａ組");
    event["judge"] = json!("質檢  一組");
    let Sealed::Fact(fact) = seal(Stream::Judgements, &event) else { unreachable!() };
    assert_eq!(fact.head.department.as_deref(), Some("物流部（華東）Ａ組"));
    assert!(serde_json::to_string(&fact.body).unwrap().contains("質檢  一組"));
}

#[test]
fn a_recording_stays_reachable_but_names_no_phone() {
    for (reference, kept) in [
        (
            "https://calls.example.com/2018/20181203110612-1024.wav",
            "https://calls.example.com/2018/20181203110612-1024.wav",
        ),
        ("rec/13800138000/1.wav", "rec/【手机号】/1.wav"),
    ] {
        let mut event = event(Stream::Commendations, "谢谢", &json!({}));
        event["recording_ref"] = json!(reference);
        assert!(written(&seal(Stream::Commendations, &event)).contains(kept), "{reference}");
    }
}

#[test]
fn secrets_are_not_printed() {
    assert_eq!(format!("{:?}", Sealer::new(b"secret")), "Sealer(..)");
}
