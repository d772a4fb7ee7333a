//! Several pipelines and index replicas over one Kafka and one ClickHouse: they share the work, and whatever happens to one of
//! them, every event counts once in both stores.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::{collections::BTreeSet, time::Instant};

use serde_json::{Value, json};
use tingjian_tests::{Client, Fleet, Message, Sandbox, complaint, wait_until};

const PARTITIONS: i32 = 6;
const TOPIC: &str = "tingjian.complaints";

/// Events with ids `first..first + count`, keyed by id as the intake does where nothing better is known.
fn events(first: usize, count: usize, occurred_at: &str, text: &str) -> Vec<Message> {
    let event = |n| complaint(&format!("e-{n}"), occurred_at, text);
    (first..first + count).map(|n| keyed(&event(n))).collect()
}

fn keyed(event: &Value) -> Message {
    let key = event["event_id"].as_str().map(|key| key.as_bytes().to_vec());
    Message { key, payload: Some(event.to_string().into_bytes()), ..Message::default() }
}

fn total(client: &Client, path: &str, query: &[(&str, &str)]) -> u64 {
    client.ask(path, query)["total"].as_u64().expect("a total")
}

/// What a pipeline has stored since its start.
fn stored(pipeline: &Sandbox) -> u64 {
    let status = pipeline.client().ask("/api/v1/status", &[]);
    status["sinks"][0]["stored"].as_u64().unwrap_or(0)
}

/// Waits until both stores hold `ids` records, and checks that they are these, once each.
fn check_all(client: &Client, ids: usize) {
    wait_until("both stores to hold all", || {
        let found = [total(client, "/api/v1/search", &[]), total(client, "/api/v1/causes", &[])];
        (found == [ids as u64; 2]).then_some(())
    });
    let export = client.get("/api/v1/export", &[("format", "jsonl")]).text();
    let rows: Vec<Value> = export.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    let found: BTreeSet<_> = rows.iter().map(|row| row["record_id"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(rows.len(), ids, "rows");
    assert_eq!(found, (0..ids).map(|n| format!("e-{n}")).collect(), "ids");
}

#[test]
fn pipelines_share_the_work_replicas_hold_everything_and_a_killed_pipeline_is_replaced() {
    let fleet = Fleet::new(PARTITIONS);
    let replica = fleet.server("indexer,web");
    let pipelines =
        [fleet.server_of_protocol("pipeline", "consumer"), fleet.server_of_protocol("pipeline", "consumer")];
    pipelines.iter().for_each(Sandbox::wait_ready);
    let client = replica.client();
    // Until both have partitions, one may take everything.
    let mut sent = 0;
    wait_until("both pipelines to store", || {
        fleet.broker.produce(TOPIC, &events(sent, 200, "2026-11-20T12:00:00+08:00", "包裹三天没到"));
        sent += 200;
        pipelines.iter().all(|pipeline| stored(pipeline) > 0).then_some(())
    });
    check_all(&client, sent);

    let [mut first, second] = pipelines;
    let before = stored(&second);
    first.kill();
    let killed = Instant::now();
    fleet.broker.produce(TOPIC, &events(sent, 600, "2026-11-20T12:00:00+08:00", "退款半个月没到账"));
    sent += 600;
    check_all(&client, sent);
    println!("all partitions taken over {:?} after the kill", killed.elapsed());
    assert!(stored(&second) > before);

    // One that starts later builds its index from the topic.
    let late = fleet.server("indexer,web");
    late.wait_ready();
    check_all(&late.client(), sent);
    assert_eq!(late.client().ask("/api/v1/search", &[("q", "退款"), ("limit", "1")])["total"], 600);
}

#[test]
fn a_pipeline_frozen_past_its_session_changes_nothing_when_it_wakes() {
    let fleet = Fleet::new(PARTITIONS);
    let replica = fleet.server("indexer,web");
    let sleeper = fleet.server("pipeline");
    sleeper.wait_ready();
    let client = replica.client();
    fleet.broker.produce(TOPIC, &events(0, 300, "2026-11-20T12:00:00+08:00", "包裹三天没到"));
    check_all(&client, 300);
    // It is frozen with work in its hands: the engine holds up its writes meanwhile.
    fleet.engine.freeze();
    fleet.broker.produce(TOPIC, &events(300, 300, "2026-11-20T12:00:00+08:00", "包裹三天没到"));
    wait_until("the pipeline to have taken the records", || {
        let published = fleet.broker.ends("tingjian.analysed").values().sum::<i64>();
        (published > 300).then_some(())
    });
    sleeper.freeze();
    fleet.engine.thaw();

    let heir = fleet.server("pipeline");
    heir.wait_ready();
    check_all(&client, 600);
    // What the sleeper holds is replaced, and moved to another month, by what comes after.
    fleet.broker.produce(TOPIC, &events(0, 600, "2026-12-24T12:00:00+08:00", "退款半个月没到账"));
    let moved = [("since", "2026-12-01"), ("until", "2027-01-01")];
    let all_moved = || {
        let found = ["/api/v1/search", "/api/v1/causes"].map(|path| total(&client, path, &moved));
        (found == [600; 2]).then_some(())
    };
    wait_until("all to be replaced", all_moved);
    check_all(&client, 600);

    sleeper.thaw();
    // It finds that it is no member any more, finishes what it had begun, joins again and stores what comes now, or the heir does.
    fleet.broker.produce(TOPIC, &events(600, 50, "2026-12-24T12:00:00+08:00", "退款半个月没到账"));
    wait_until("the sleeper to be a member again", || {
        let sinks = sleeper.client().try_get("/api/v1/status", &[]).ok()?.json()["sinks"].clone();
        (sinks[0]["trouble_s"] == 0 && sinks[0]["lag_records"] == 0).then_some(())
    });
    check_all(&client, 650);
    assert_eq!(["/api/v1/search", "/api/v1/causes"].map(|path| total(&client, path, &moved)), [650; 2]);
    assert_eq!(total(&client, "/api/v1/search", &[("q", "包裹")]), 0, "no earlier version came back");
    assert_eq!(client.ask("/api/v1/status", &[])["records"], json!(650));
}

/// Rounds of the storm; `TINGJIAN_TORTURE_STORM` sets another number.
const STORM_ROUNDS: usize = 3;

#[test]
fn a_storm_of_pipelines_and_a_killed_clickhouse_lose_and_double_nothing() {
    let rounds = std::env::var("TINGJIAN_TORTURE_STORM").map_or(STORM_ROUNDS, |text| text.parse().expect("a number"));
    let mut fleet = Fleet::new(PARTITIONS);
    let replica = fleet.server("indexer,web");
    let client = replica.client();
    let mut pipelines: Vec<_> = (0..3).map(|_| fleet.server("pipeline")).collect();
    let mut sent = 0;
    for round in 0..rounds {
        fleet.broker.produce(TOPIC, &events(sent, 400, "2026-11-20T12:00:00+08:00", "包裹三天没到"));
        sent += 400;
        // Somebody has begun with it, nobody has ended.
        let begun = fleet.broker.ends("tingjian.analysed").values().sum::<i64>();
        wait_until("work to go on", || {
            let published = fleet.broker.ends("tingjian.analysed").values().sum::<i64>();
            (published > begun || begun >= sent as i64).then_some(())
        });
        if round % 3 == 1 {
            fleet.engine.kill();
            fleet.engine.restart();
        }
        pipelines.remove(round % 3).kill();
        pipelines.push(fleet.server("pipeline"));
        // The same again, by another way, while partitions move.
        fleet.broker.produce(TOPIC, &events(sent - 100, 100, "2026-11-20T12:00:00+08:00", "包裹三天没到"));
    }
    check_all(&client, sent);
    pipelines[0].wait_ready();
    wait_until("the lag to return to 0", || {
        (pipelines[0].client().ask("/api/v1/status", &[])["sinks"][0]["lag_records"] == 0).then_some(())
    });
    check_all(&client, sent);
}

#[test]
fn a_topic_read_again_from_its_beginning_three_times_changes_nothing() {
    let fleet = Fleet::new(PARTITIONS);
    let replica = fleet.server("indexer,web");
    let client = replica.client();
    let mut pipeline = fleet.server("pipeline");
    pipeline.wait_ready();
    fleet.broker.produce(TOPIC, &events(0, 300, "2026-11-20T12:00:00+08:00", "包裹三天没到"));
    // Half of them are moved to another month.
    fleet.broker.produce(TOPIC, &events(0, 150, "2026-12-24T12:00:00+08:00", "退款半个月没到账"));
    fleet.broker.produce(TOPIC, &[Message { payload: Some(b"poison".to_vec()), ..Message::default() }]);
    let books = |client: &Client| {
        let late = [("since", "2026-12-01")];
        let counts =
            ["/api/v1/search", "/api/v1/causes"].map(|path| [total(client, path, &[]), total(client, path, &late)]);
        (counts, total(client, "/api/v1/dead-letters", &[]))
    };
    let expected = ([[300, 150]; 2], 1);
    wait_until("all to be stored", || (books(&client) == expected).then_some(()));
    for _ in 0..3 {
        assert!(pipeline.stop().success());
        let said = fleet.command(&["positions", "--forget", TOPIC]);
        assert!(said.contains("已忘记"), "{said}");
        assert!(fleet.command(&["positions"]).lines().any(|line| line.starts_with(TOPIC) && !line.ends_with("\t0\t0")));
        pipeline.restart();
        pipeline.wait_ready();
        wait_until("everything to be read again", || {
            let status = pipeline.client().ask("/api/v1/status", &[]);
            let done =
                ["stored", "duplicates", "replaced"].map(|count| status["sinks"][0][count].as_u64().unwrap_or(0));
            (done.iter().sum::<u64>() == 450 && status["sinks"][0]["lag_records"] == 0).then_some(())
        });
        assert_eq!(books(&client), expected);
    }
    // And once more while the pipeline runs.
    let day_before = (jiff::Timestamp::now() - std::time::Duration::from_secs(86_400)).to_string();
    let said = fleet.command(&["replay", "--stream", "complaints", "--from", &day_before]);
    assert!(said.contains("重放完成：451 条") && said.contains("仍为死信 1"), "{said}");
    assert_eq!(books(&client), expected);
    let said = fleet.command(&["positions"]);
    assert!(said.lines().skip(1).all(|line| line.ends_with("\t0\t0")), "{said}");
}

#[test]
fn a_clickhouse_away_for_longer_than_the_poll_interval_costs_no_membership() {
    // As ten minutes are to the five of librdkafka's default.
    const POLL_INTERVAL_S: u64 = 4;
    let mut fleet = Fleet::new(PARTITIONS);
    let replica = fleet.server("indexer,web");
    let pipeline = fleet.server_with("pipeline", &[
        // Little fits into memory, so that the partitions have to be paused.
        ("TINGJIAN_PIPELINE_BATCH_ROWS", "100"),
        ("TINGJIAN_PIPELINE_RETRY_LONGEST_MS", "500"),
        (
            "TINGJIAN_SOURCE_KAFKA_PROPERTIES",
            r#"{ "session.timeout.ms" = "2000", "heartbeat.interval.ms" = "500", "max.poll.interval.ms" = "4000" }"#,
        ),
    ]);
    pipeline.wait_ready();
    fleet.broker.produce(TOPIC, &events(0, 100, "2026-11-20T12:00:00+08:00", "包裹三天没到"));
    check_all(&replica.client(), 100);
    let changes = || pipeline.log().matches("group changed").count();
    let before = changes();
    fleet.engine.kill();
    fleet.broker.produce(TOPIC, &events(100, 2_000, "2026-11-20T12:00:00+08:00", "包裹三天没到"));
    // Health needs no ClickHouse; it tells for how long the sink has been without.
    wait_until("the outage to outlast the interval twice", || {
        let health = pipeline.client().get("/health", &[]).text();
        let seconds = health.split("重试中（").nth(1)?.split(' ').next()?.parse::<u64>().ok()?;
        (seconds >= 2 * POLL_INTERVAL_S).then_some(())
    });
    fleet.engine.restart();
    check_all(&replica.client(), 2_100);
    assert_eq!(changes(), before, "the pipeline stayed a member");
}

#[test]
fn processes_that_only_answer_need_no_index() {
    let mut fleet = Fleet::new(PARTITIONS);
    let with_clickhouse = [("TINGJIAN_SEARCH_ENGINE", "clickhouse")];
    let (pipeline, web) = (fleet.server_with("pipeline", &with_clickhouse), fleet.server_with("web", &with_clickhouse));
    pipeline.wait_ready();
    web.wait_ready();
    let client = web.client();
    let sent: Vec<Value> =
        (0..300).map(|n| complaint(&format!("e-{n}"), "2026-11-20T12:00:00+08:00", "退款半个月没到账")).collect();
    client.send("complaints", &sent);
    check_all(&client, 300);
    assert_eq!(total(&client, "/api/v1/search", &[("q", "半个月没"), ("limit", "1")]), 300);
    for server in [&pipeline, &web] {
        assert!(!server.folder().join("index").exists());
    }
    let published: i64 = fleet.broker.ends("tingjian.analysed").values().sum();
    assert_eq!(published, 0, "nobody keeps an index of it");
    // They go on looking at Kafka: once they looked no more after the first time, and told for good what they saw then.
    fleet.broker.kill();
    wait_until("the outage to be told", || (client.get("/health", &[]).status == 503).then_some(()));
    fleet.broker.restart();
    web.wait_ready();
}

/// The API of another taxonomy: the leaf's owner is somebody else.
fn hand_over(client: &Client, code: &str, owner: &str) {
    let mut draft = client.ask("/api/v1/taxonomy", &[]);
    draft["owners"].as_array_mut().expect("owners").push(json!(owner));
    for group in draft["groups"].as_array_mut().expect("groups") {
        for leaf in group["causes"].as_array_mut().expect("leaves") {
            if leaf["code"] == code {
                leaf["owner"] = json!(owner);
            }
        }
    }
    let json = [("Content-Type", "application/json")];
    let saved = client.call("PUT", "/api/v1/taxonomy?note=x", &json, draft.to_string().as_bytes());
    assert_eq!(saved.status, 200, "{}", saved.text());
}

#[test]
fn history_read_again_reaches_every_replica_once_also_one_that_starts_later_and_past_a_kill() {
    const RECORDS: usize = 12_000;
    let fleet = Fleet::new(PARTITIONS);
    let replica = fleet.server("indexer,web");
    let mut pipeline = fleet.server_with("pipeline,indexer,web", &[("TINGJIAN_SOURCE_KAFKA_PUBLISH_ANALYSED", "true")]);
    pipeline.wait_ready();
    fleet
        .broker
        .produce(TOPIC, &events(0, RECORDS, "2026-11-20T12:00:00+08:00", "杯子收到就是碎的，包装里一点缓冲都没有"));
    let client = replica.client();
    check_all(&client, RECORDS);
    let record = client.ask("/api/v1/records/e-0", &[]);
    let code = record["causes"][0]["code"].as_str().expect("a cause").to_owned();

    let at_replica = client.call("POST", "/api/v1/reanalyse", &[], b"");
    assert_eq!(at_replica.status, 409, "a process that writes nothing says so: {}", at_replica.text());
    let begin = |pipeline: &Sandbox| {
        let begun = pipeline.client().call("POST", "/api/v1/reanalyse", &[], b"");
        assert_eq!(begun.status, 202, "{}", begun.text());
        begun.json()["id"].as_i64().expect("a number")
    };
    let run = |pipeline: &Sandbox, id: i64| {
        let answer = pipeline.client().try_get(&format!("/api/v1/reanalyse/{id}"), &[]).ok()?;
        let run = Some(answer).filter(|answer| answer.status == 200)?.json();
        assert_ne!(run["state"], "failed", "{run}");
        Some(run)
    };
    hand_over(&pipeline.client(), &code, "包装组");
    let begun = Instant::now();
    let id = begin(&pipeline);
    wait_until("the run to be in the middle", || {
        let run = run(&pipeline, id)?;
        let done = run["done"].as_u64()?;
        assert!(run["state"] == "reading", "too quick to be killed in the middle: {run}");
        (done > 0).then_some(())
    });
    pipeline.kill();
    pipeline.restart();
    pipeline.wait_ready();
    wait_until("the run to end", || (run(&pipeline, id)?["state"] == "done").then_some(()));
    println!("{RECORDS} records read again over Kafka in {:?}, a kill included", begun.elapsed());
    let moved = |client: &Client| {
        let asked = |path: &str| total(client, path, &[("department", "包装组")]);
        [asked("/api/v1/search"), asked("/api/v1/causes")]
    };
    let everywhere = |client: &Client| {
        wait_until("all to be the new owner's", || (moved(client) == [RECORDS as u64; 2]).then_some(()));
        check_all(client, RECORDS);
    };
    everywhere(&client);
    // One that starts now reads both readings from the topic, and keeps the later.
    let late = fleet.server("indexer,web");
    late.wait_ready();
    everywhere(&late.client());
}
