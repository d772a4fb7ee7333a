//! The flow on a real Apache Kafka: intake, both sinks, dead letters, and what the group is told.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::time::Instant;

use base64::Engine as _;
use serde_json::{Value, json};
use tingjian_tests::{
    Broker, Client, Message, SASL_PASSWORD, SASL_USER, Sandbox, Weather, complaint, run_client, run_program, wait_until,
};

const PARTITIONS: i32 = 3;

fn sandbox(broker: &Broker) -> Sandbox {
    let sandbox = Sandbox::with(&[
        ("TINGJIAN_SOURCE_KIND", "kafka"),
        ("TINGJIAN_SOURCE_KAFKA_BROKERS", &broker.address()),
        ("TINGJIAN_SOURCE_KAFKA_COMMIT_INTERVAL_MS", "100"),
        ("TINGJIAN_SOURCE_KAFKA_ENDS_INTERVAL_MS", "200"),
    ]);
    sandbox.wait_ready();
    sandbox
}

fn message(event: &Value) -> Message {
    let payload = Some(event.to_string().into_bytes());
    Message { key: event["order_id"].as_str().map(|key| key.as_bytes().to_vec()), payload, ..Message::default() }
}

#[test]
fn what_is_accepted_or_produced_reaches_both_sinks_once() {
    let broker = Broker::start(PARTITIONS);
    let sandbox = sandbox(&broker);
    let client = sandbox.client();
    let by_http: Vec<_> =
        (0..500).map(|n| complaint(&format!("h-{n}"), "2026-11-20T12:00:00+08:00", "包裹三天没到")).collect();
    client.send("complaints", &by_http);
    let by_topic: Vec<_> =
        (0..500).map(|n| complaint(&format!("k-{n}"), "2026-11-20T12:00:00+08:00", "退款半个月没到账")).collect();
    broker.produce("tingjian.complaints", &by_topic.iter().map(message).collect::<Vec<_>>());
    // Sent twice, by other ways.
    broker.produce("tingjian.complaints", &by_http[..100].iter().map(message).collect::<Vec<_>>());
    let total = |path: &str| client.ask(path, &[])["total"].as_u64().expect("a total");
    wait_until("both sinks to hold all", || {
        (total("/api/v1/search") == 1_000 && total("/api/v1/causes") == 1_000).then_some(())
    });
    sandbox.settle();
    assert_eq!((total("/api/v1/search"), total("/api/v1/causes")), (1_000, 1_000));
    let held: i64 = broker.ends("tingjian.complaints").values().sum();
    wait_until("the group to be told", || {
        (broker.committed("tingjian", "tingjian.complaints").values().sum::<i64>() == held).then_some(())
    });
    let status = client.ask("/api/v1/status", &[]);
    let events = json!(1_100);
    assert_eq!(json!(held), events, "{status}");
}

/// Sends one complaint by HTTP; the status of the answer.
fn post(client: &Client, id: &str) -> u16 {
    let body = complaint(id, "2026-11-20T12:00:00+08:00", "热线一直打不通").to_string();
    let answer = client.post("/api/v1/streams/complaints", &[], body.as_bytes());
    if answer.status == 503 {
        let problem = answer.json();
        assert!(problem["retry_after_s"].as_u64().is_some_and(|seconds| seconds > 0), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("Kafka")), "{problem}");
    }
    answer.status
}

#[test]
fn without_a_broker_intake_is_refused_and_what_was_refused_is_not_there() {
    let mut broker = Broker::start(PARTITIONS);
    let sandbox = sandbox(&broker);
    let client = sandbox.client();
    assert_eq!(post(&client, "before"), 202);
    sandbox.settle();
    broker.kill();
    let health =
        wait_until("health to tell", || Some(client.get("/health", &[])).filter(|health| health.status == 503));
    assert!(health.text().contains("Kafka"), "{}", health.text());
    assert_eq!(post(&client, "while-away"), 503);
    assert_eq!(client.ask("/api/v1/search", &[])["total"], 1, "questions are answered all the same");
    let begun = Instant::now();
    broker.restart();
    let up = begun.elapsed();
    wait_until("intake to be taken again", || (post(&client, "after") == 202).then_some(()));
    println!("broker up after {up:?}, intake after {:?}", begun.elapsed());
    sandbox.wait_ready();
    sandbox.settle();
    println!("settled after {:?}", begun.elapsed());
    assert_eq!(client.ask("/api/v1/search", &[])["total"], 2);
    assert_eq!(client.get("/api/v1/records/while-away", &[]).status, 404);
}

#[test]
fn what_cannot_be_read_is_kept_with_its_reason_and_stops_nothing() {
    const POISON: usize = 10_000;
    let broker = Broker::start(1);
    let sandbox = sandbox(&broker);
    let client = sandbox.client();
    let raw = |payload: &[u8]| Message { payload: Some(payload.to_vec()), ..Message::default() };
    let good = |id: &str| message(&complaint(id, "2026-11-20T12:00:00+08:00", "包裹三天没到"));
    let text = |bytes: usize| "慢".repeat(bytes / 3);
    let (gb18030, _) = (b"{\"event_id\":\"g\",\"text\":\"\xcc\xab\xc2\xfd\"}", ());
    let large = complaint("large", "2026-11-20T12:00:00+08:00", &text(1 << 20)).to_string();
    let mut messages = vec![good("first")];
    messages.extend((0..POISON).map(|n| raw(format!("poison {n}").as_bytes())));
    messages.extend([raw(b""), Message::default(), raw(b"\xff\xfe\x00"), raw(gb18030), raw(b"null")]);
    messages.extend([raw(large.as_bytes()), raw(br#"{"event_id":"n","occurred_at":null,"text":null}"#), good("last")]);
    // A later version of the stream that has only grown, and one that breaks with this one.
    let mut grown = complaint("grown", "2026-11-20T12:00:00+08:00", "包裹三天没到");
    grown["schema_version"] = json!(9);
    grown["mood"] = json!("calm");
    let mut broken = grown.clone();
    broken["event_id"] = json!("broken");
    broken["text"] = json!({ "zh": "包裹三天没到" });
    messages.extend([message(&grown), message(&broken)]);
    broker.produce("tingjian.complaints", &messages);
    // An event in the topic of another stream.
    broker.produce("tingjian.deliveries", &[good("astray")]);
    sandbox.settle();
    wait_until("all to have their outcome", || {
        let total = client.ask("/api/v1/dead-letters", &[])["total"].as_u64()?;
        (total == POISON as u64 + 9).then_some(())
    });
    assert_eq!(client.ask("/api/v1/search", &[])["total"], 3);
    assert_eq!(client.ask("/api/v1/causes", &[])["total"], 3);
    let aside = client.ask("/api/v1/records/grown", &[])["unknown_fields"].clone();
    assert_eq!(aside, json!({ "mood": "calm", "schema_version": 9 }), "kept aside, and shown");
    let wrong = client.ask("/api/v1/dead-letters", &[("reason", "wrong_type")])["items"][0].clone();
    assert_eq!((&wrong["field"], &wrong["event_id"]), (&json!("text"), &json!("broken")));
    let by_reason = |reason: &str| client.ask("/api/v1/dead-letters", &[("reason", reason)])["total"].clone();
    assert_eq!(by_reason("invalid_json"), POISON + 2, "the poison, the empty one and the tombstone");
    assert_eq!(by_reason("invalid_utf8"), 2);
    assert_eq!(by_reason("event_too_large"), 1);
    check_published(&broker, POISON, &large);
}

/// The topic has every letter: its bytes, where it stood and why.
fn check_published(broker: &Broker, poison: usize, large: &str) {
    let letters = broker.read("tingjian.dead-letters");
    assert_eq!(letters.len(), poison + 9);
    let of = |key: &str| letters.iter().find(|letter| letter.key.as_deref() == Some(key.as_bytes())).expect("a letter");
    let first = of("tingjian.complaints/0/1");
    assert_eq!(first.payload.as_deref(), Some(b"poison 0".as_slice()));
    assert_eq!((first.headers["reason"].as_str(), first.headers["offset"].as_str()), ("invalid_json", "1"));
    let largest = of(&format!("tingjian.complaints/0/{}", poison + 6));
    assert_eq!(largest.payload.as_deref(), Some(large.as_bytes()));
    assert_eq!(largest.headers["reason"], "event_too_large");
    assert_eq!(of("tingjian.deliveries/0/0").headers["topic"], "tingjian.deliveries");
}

#[test]
fn a_dead_letter_that_is_corrected_counts_once_and_keeps_where_it_first_stood() {
    let broker = Broker::start(1);
    let sandbox = sandbox(&broker);
    let client = sandbox.client();
    let wrong = json!({ "event_id": "w", "occurred_at": "2026-11-20 12:00", "text": "包裹三天没到" });
    broker.produce(
        "tingjian.complaints",
        &[message(&complaint("first", "2026-11-20T12:00:00+08:00", "一切都好")), message(&wrong)],
    );
    let letters = || client.ask("/api/v1/dead-letters", &[]);
    let letter = wait_until("the letter", || letters()["items"].get(0).cloned());
    let id = letter["id"].as_str().expect("an id");
    let place =
        |letter: &Value| ["source", "partition", "offset", "reason", "received_at"].map(|field| letter[field].clone());
    let (first, expected) = (place(&letter), [json!("tingjian.complaints"), json!(0), json!(1)]);
    assert_eq!(first[..3], expected);
    let replay = |body: &[u8]| client.post(&format!("/api/v1/dead-letters/{id}/replay"), &[], body);
    // Nothing was mended: still unreadable, and that is written down.
    let still = replay(b"");
    assert_eq!((still.status, still.json()["accepted"].clone()), (200, json!(false)), "{}", still.text());
    assert_eq!((letters()["items"][0]["replays"].clone(), broker.ends("tingjian.complaints")[&0]), (json!(1), 2));
    // By the command, with a file that mends it; twice, as people do.
    let folder = tempfile::tempdir().expect("a folder");
    let mended = folder.path().join("mended.json");
    std::fs::write(&mended, complaint("w", "2026-11-20T12:00:00+08:00", "包裹三天没到").to_string()).expect("a file");
    for _ in 0..2 {
        let said = run_client(&client, &["dead-letters", "replay", id, "--with", mended.to_str().expect("UTF-8")]);
        assert!(said.contains("已重新进入"), "{said}");
    }
    sandbox.settle();
    wait_until("it to be stored", || (client.ask("/api/v1/causes", &[])["total"] == 2).then_some(()));
    let totals = ["/api/v1/search", "/api/v1/causes"].map(|path| client.ask(path, &[])["total"].clone());
    assert_eq!(totals, [2, 2]);
    let held = letters();
    assert_eq!(held["total"], 1, "it is no second letter");
    let letter = &held["items"][0];
    assert_eq!(place(letter), first, "where it first stood, and why");
    assert_eq!((&letter["replays"], &letter["replay_accepted"]), (&json!(3), &json!(true)));
    let original = client.get(&format!("/api/v1/dead-letters/{id}"), &[]).json();
    assert_eq!(original, wrong, "as it came");
    let messages = broker.read("tingjian.complaints");
    assert_eq!(messages.len(), 4);
    assert!(messages[2..].iter().all(|message| message.headers["replay_of"] == id), "{messages:?}");
}

#[test]
fn a_broker_that_stands_still_refuses_in_time_and_what_is_sent_again_counts_once() {
    let broker = Broker::start(PARTITIONS);
    let sandbox = Sandbox::with(&[
        ("TINGJIAN_SOURCE_KIND", "kafka"),
        ("TINGJIAN_SOURCE_KAFKA_BROKERS", &broker.address()),
        ("TINGJIAN_SOURCE_KAFKA_PROPERTIES", r#"{ "session.timeout.ms" = "2000", "heartbeat.interval.ms" = "500" }"#),
        ("TINGJIAN_SOURCE_KAFKA_PRODUCE_TIMEOUT_MS", "2000"),
        ("TINGJIAN_SOURCE_KAFKA_ANSWER_TIMEOUT_MS", "1000"),
    ]);
    sandbox.wait_ready();
    let client = sandbox.client();
    assert_eq!(post(&client, "before"), 202);
    sandbox.settle();
    // Connections stay open, as in a network that stalls; the member's session passes.
    broker.freeze();
    for id in ["a", "b", "c"] {
        assert_eq!(post(&client, id), 503);
    }
    broker.thaw();
    for id in ["a", "b", "c"] {
        wait_until("intake to be taken again", || (post(&client, id) == 202).then_some(()));
    }
    sandbox.wait_ready();
    sandbox.settle();
    let total = |path: &str| client.ask(path, &[])["total"].as_u64().expect("a total");
    assert_eq!((total("/api/v1/search"), total("/api/v1/causes")), (4, 4));
}

#[test]
fn a_network_that_stalls_between_a_server_and_its_broker_loses_and_doubles_nothing() {
    let broker = Broker::start(PARTITIONS);
    let sandbox = Sandbox::with(&[
        ("TINGJIAN_SOURCE_KIND", "kafka"),
        ("TINGJIAN_SOURCE_KAFKA_BROKERS", &broker.far_address()),
        (
            "TINGJIAN_SOURCE_KAFKA_PROPERTIES",
            r#"{ "session.timeout.ms" = "2000", "heartbeat.interval.ms" = "500", "socket.timeout.ms" = "2000" }"#,
        ),
        ("TINGJIAN_SOURCE_KAFKA_PRODUCE_TIMEOUT_MS", "2000"),
        ("TINGJIAN_SOURCE_KAFKA_ANSWER_TIMEOUT_MS", "1000"),
        ("TINGJIAN_SOURCE_KAFKA_ENDS_INTERVAL_MS", "200"),
    ]);
    sandbox.wait_ready();
    let client = sandbox.client();
    let produce = |first: usize| {
        let event = |n| complaint(&format!("k-{n}"), "2026-11-20T12:00:00+08:00", "退款半个月没到账");
        broker.produce("tingjian.complaints", &(first..first + 300).map(|n| message(&event(n))).collect::<Vec<_>>());
    };
    let totals = || ["/api/v1/search", "/api/v1/causes"].map(|path| client.ask(path, &[])["total"].clone());
    produce(0);
    wait_until("both sinks to hold the first", || (totals() == [300, 300]).then_some(()));
    // The broker lives and others reach it; this server's connections are open, and nothing comes through.
    broker.network().set(Weather::Stalled);
    produce(300);
    assert_eq!(post(&client, "h"), 503);
    wait_until("health to tell", || (client.get("/health", &[]).status == 503).then_some(()));
    wait_until("the group to miss its member", || (broker.members("tingjian") == 0).then_some(()));
    assert_eq!(totals(), [300, 300], "questions are answered");
    broker.network().set(Weather::Fair);
    wait_until("intake to be taken again", || (post(&client, "h") == 202).then_some(()));
    // Sent twice by others, too.
    produce(300);
    sandbox.wait_ready();
    wait_until("both sinks to hold all", || (totals() == [601, 601]).then_some(()));
    sandbox.settle();
    assert_eq!(totals(), [601, 601]);
    let rows = client.get("/api/v1/export", &[("format", "jsonl")]).text();
    assert_eq!(rows.lines().count(), 601, "each once");
}

/// Runs a subcommand against the broker, without a server; whether it succeeded, and what it printed.
fn command(broker: &Broker, arguments: &[&str], partitions: &str) -> (bool, String) {
    let output = run_program(
        arguments,
        &[
            ("TINGJIAN_SOURCE_KIND", "kafka"),
            ("TINGJIAN_SOURCE_KAFKA_BROKERS", &broker.address()),
            ("TINGJIAN_SOURCE_KAFKA_TOPIC_PARTITIONS", partitions),
        ],
    );
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).expect("UTF-8"))
}

#[test]
fn topics_are_made_once_and_held_against_the_configuration() {
    let mut broker = Broker::empty();
    broker.restart();
    let (is_fine, said) = command(&broker, &["topics", "check"], "2");
    assert!(!is_fine && said.contains("tingjian.complaints：不存在"), "{said}");
    let (is_fine, said) = command(&broker, &["topics", "create"], "2");
    assert!(is_fine && said.contains("tingjian.analysed：已创建"), "{said}");
    assert_eq!(broker.ends("tingjian.dead-letters").len(), 2);
    let (is_fine, said) = command(&broker, &["topics", "create"], "2");
    assert!(is_fine && said.contains("tingjian.analysed：已存在"), "{said}");
    let (is_fine, said) = command(&broker, &["topics", "check"], "2");
    assert!(is_fine && said.matches("符合要求").count() == 13, "{said}");
    let (is_fine, said) = command(&broker, &["topics", "check"], "3");
    assert!(!is_fine && said.contains("只有 2 个分区，配置要求 3"), "{said}");
    let (is_fine, said) = run_without_brokers();
    assert!(!is_fine && said.contains("source.kafka.brokers"), "{said}");
}

fn run_without_brokers() -> (bool, String) {
    let output = run_program(&["topics", "check"], &[("TINGJIAN_SOURCE_KIND", "kafka")]);
    (output.status.success(), String::from_utf8(output.stderr).expect("UTF-8"))
}

#[test]
fn the_order_of_the_log_counts_whatever_producers_clocks_say() {
    const DAY_MS: i64 = 86_400_000;
    let broker = Broker::start(1);
    let mut sandbox = sandbox(&broker);
    let client = sandbox.client();
    let now = jiff::Timestamp::now().as_millisecond();
    let at = |id: &str, text: &str, timestamp: i64| {
        let message = message(&complaint(id, "2026-11-20T12:00:00+08:00", text));
        Message { timestamp: Some(timestamp), ..message }
    };
    // Both stores, each in its own time.
    let check_later_counts = |id: &str, records: u64| {
        wait_until("the later version in both stores", || {
            let record = client.get(&format!("/api/v1/records/{id}"), &[]);
            let is_shown = record.status == 200 && record.json()["text"] == "后到的一版";
            (is_shown && client.ask("/api/v1/search", &[("q", "后到")])["total"] == records).then_some(())
        });
    };
    broker.produce("tingjian.complaints", &[at("a", "先到的一版", now + DAY_MS), at("a", "后到的一版", now - DAY_MS)]);
    check_later_counts("a", 1);
    // Also over a restart, when only what the group was told says how far arrivals had come.
    broker.produce("tingjian.complaints", &[at("b", "先到的一版", now + DAY_MS)]);
    wait_until("the third", || (client.ask("/api/v1/search", &[])["total"] == 2).then_some(()));
    wait_until("the group to be told", || {
        (broker.committed("tingjian", "tingjian.complaints").values().sum::<i64>() == 3).then_some(())
    });
    assert!(sandbox.stop().success());
    sandbox.restart();
    sandbox.wait_ready();
    broker.produce("tingjian.complaints", &[at("b", "后到的一版", now - DAY_MS)]);
    check_later_counts("b", 2);
    assert_eq!(client.ask("/api/v1/search", &[])["total"], 2);
    assert_eq!(client.ask("/api/v1/causes", &[])["total"], 2);
}

/// A server that signs in with the password in a file.
fn signed_in(broker: &Broker, mechanism: &str, password_file: &std::path::Path) -> Sandbox {
    let properties = format!(
        r#"{{ "security.protocol" = "SASL_PLAINTEXT", "sasl.mechanism" = "{mechanism}", "sasl.username" = "{SASL_USER}" }}"#
    );
    let secrets = format!(r#"{{ "sasl.password" = "{}" }}"#, password_file.display());
    Sandbox::with(&[
        ("TINGJIAN_SOURCE_KIND", "kafka"),
        ("TINGJIAN_SOURCE_KAFKA_BROKERS", &broker.sasl_address()),
        ("TINGJIAN_SOURCE_KAFKA_PROPERTIES", &properties),
        ("TINGJIAN_SOURCE_KAFKA_SECRET_FILES", &secrets),
        ("TINGJIAN_LOG_LEVEL", "debug"),
    ])
}

#[test]
fn a_broker_that_asks_for_a_password_gets_it_from_a_file_and_nobody_else_does() {
    let broker = Broker::start(1);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("password");
    std::fs::write(&file, format!("{SASL_PASSWORD}\n")).expect("a file");
    for mechanism in ["PLAIN", "SCRAM-SHA-512"] {
        let sandbox = signed_in(&broker, mechanism, &file);
        sandbox.wait_ready();
        assert_eq!(post(&sandbox.client(), mechanism), 202);
        sandbox.settle();
        assert!(!sandbox.log().contains(SASL_PASSWORD), "the log shows the password");
    }
    std::fs::write(&file, "another").expect("a file");
    let refused = signed_in(&broker, "PLAIN", &file);
    let client = refused.client();
    wait_until("intake to be refused", || {
        let answer = client.try_post("/api/v1/streams/complaints", &[], b"{}").ok()?;
        (answer.status == 503).then_some(())
    });
    assert_eq!(client.get("/health", &[]).status, 503);
}

/// A bearer's token as the broker of tests takes it: unsigned, of a subject, for an hour.
fn bearer_token() -> String {
    let now = jiff::Timestamp::now().as_second();
    let part = |json: Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string());
    let claims = json!({"sub": "tingjian", "iat": now - 60, "exp": now + 3_600});
    format!("{}.{}.", part(json!({"alg": "none"})), part(claims))
}

/// A server that shows a certificate and a token, and is the same member of its group after every start.
fn guarded(broker: &Broker, token_file: &std::path::Path, authority: bool) -> Sandbox {
    let mut properties = json!({
        "security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER", "group.instance.id": "the-only-one",
        "ssl.certificate.location": broker.certificate("cert.pem"), "ssl.key.location": broker.certificate("key.pem"),
    });
    if authority {
        properties["ssl.ca.location"] = broker.certificate("ca.pem").into();
    }
    Sandbox::with(&[
        ("TINGJIAN_SOURCE_KIND", "kafka"),
        ("TINGJIAN_SOURCE_KAFKA_BROKERS", &broker.guarded_address()),
        ("TINGJIAN_SOURCE_KAFKA_PROPERTIES", &properties.to_string().replace("\":", "\" = ")),
        ("TINGJIAN_SOURCE_KAFKA_OAUTH_TOKEN_FILE", &token_file.display().to_string()),
        ("TINGJIAN_LOG_LEVEL", "debug"),
    ])
}

#[test]
fn a_broker_behind_tls_and_bearer_tokens_is_believed_by_its_authority_alone() {
    let broker = Broker::start_guarded(1);
    let folder = tempfile::tempdir().expect("a folder");
    let (file, token) = (folder.path().join("token"), bearer_token());
    std::fs::write(&file, &token).expect("a file");
    let mut sandbox = guarded(&broker, &file, true);
    for id in ["before", "after"] {
        sandbox.wait_ready();
        assert_eq!(post(&sandbox.client(), id), 202);
        sandbox.settle();
        assert!(!sandbox.log().contains(&token), "the log shows the token");
        // A static member comes back as itself.
        sandbox.kill();
        sandbox.restart();
    }
    drop(sandbox);
    let unbelieving = guarded(&broker, &file, false);
    wait_until("health to say why", || {
        let health = unbelieving.client().try_get("/health", &[]).ok()?;
        (health.status == 503 && health.text().contains("certificate verify failed")).then_some(())
    });
}
