//! The official `clickhouse` crate against the engine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod support;

use clickhouse::error::Error;
use clickhouse::{Client, Row};
use serde::{Deserialize, Serialize};
use support::{Engine, folder};

#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
struct Record {
    id: u64,
    department: String,
    text: String,
    minutes: Option<u32>,
    words: Vec<String>,
    version: u128,
}

fn record(id: u64) -> Record {
    // Line breaks of all kinds: libchdb would end inline data at the first blank line.
    let text = format!("客服承诺{id}天送到\n\n还没收到\r\n; SELECT 1");
    let department = ["物流", "市场", "客服"][(id % 3) as usize].into();
    let words = vec!["客服".into(), format!("w{}", id % 10)];
    Record {
        id,
        department,
        text,
        minutes: id.is_multiple_of(2).then_some(40),
        words,
        version: u128::MAX - u128::from(id),
    }
}

async fn create(client: &Client) {
    let ddl = "CREATE TABLE record (id UInt64, department LowCardinality(String), text String, minutes Nullable(UInt32), \
               words Array(String), version UInt128, added DateTime DEFAULT now()) ENGINE = MergeTree ORDER BY id";
    client.query(ddl).execute().await.expect("created");
}

async fn insert(client: &Client, ids: std::ops::Range<u64>) {
    let mut insert = client.insert::<Record>("record").await.expect("an insert");
    for id in ids {
        insert.write(&record(id)).await.expect("written");
    }
    insert.end().await.expect("inserted");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_go_in_and_come_out_the_same() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &[]);
    engine.client().query("CREATE DATABASE tingjian").execute().await.expect("created");
    let client = engine.client().with_database("tingjian");
    create(&client).await;
    insert(&client, 0..2_570).await;

    let rows = client.query("SELECT ?fields FROM record ORDER BY id").fetch_all::<Record>().await.expect("rows");
    assert_eq!(rows, (0..2_570).map(record).collect::<Vec<_>>());
    let none = client.query("SELECT ?fields FROM record WHERE id > 9999").fetch_all::<Record>().await.expect("rows");
    assert_eq!(none, []);

    // More than an answer in one piece: a cursor over a stream.
    insert(&client, 10_000..60_000).await;
    let mut cursor =
        client.query("SELECT ?fields FROM record WHERE id >= 10000 ORDER BY id").fetch::<Record>().expect("cursor");
    let mut id = 10_000;
    while let Some(row) = cursor.next().await.expect("a row") {
        assert_eq!(row, record(id));
        id += 1;
    }
    assert_eq!(id, 60_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_bound_and_parameters_passed() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &[]);
    let client = engine.client();
    create(&client).await;
    insert(&client, 0..30).await;

    let bound = "SELECT count() FROM record WHERE department = ? AND id < ? AND has(words, ?)";
    let count = client.query(bound).bind("物流").bind(20_u64).bind("w3").fetch_one::<u64>().await.expect("a count");
    assert_eq!(count, 1);
    let named = "SELECT count() FROM record WHERE department = {d:String} AND id IN {ids:Array(UInt64)}";
    let query = client.query(named).param("d", "市场").param("ids", vec![1_u64, 4, 5]);
    assert_eq!(query.fetch_one::<u64>().await.expect("a count"), 2);
    let hostile = "'; DROP TABLE record; -- \\ \n\t件";
    let query = client.query("SELECT {s:String}").param("s", hostile);
    assert_eq!(query.fetch_one::<String>().await.expect("the text"), hostile);
    assert_eq!(client.query("SELECT ?").bind(hostile).fetch_one::<String>().await.expect("the text"), hostile);

    let mut bytes =
        client.query("SELECT id FROM record ORDER BY id LIMIT 2").fetch_bytes("JSONEachRow").expect("bytes");
    assert_eq!(bytes.collect().await.expect("bytes"), "{\"id\":0}\n{\"id\":1}\n");
    let threads = client.query("SELECT getSetting('max_threads')").with_setting("max_threads", "1");
    assert_eq!(threads.fetch_one::<u8>().await.expect("a setting"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_reach_the_client() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &["--connections", "1"]);
    let client = engine.client();
    create(&client).await;

    let reason = |error: Error| match error {
        Error::BadResponse(text) => text,
        other => panic!("another error: {other}"),
    };
    let error = client.query("SELECT nothing FROM record").fetch_all::<u64>().await.expect_err("refused");
    assert!(reason(error).starts_with("Code: 47. DB::Exception: "));
    let sql = "SELECT number + throwIf(number = 5000000) FROM numbers(10000000)";
    let mut cursor = client.query(sql).fetch::<u64>().expect("a cursor");
    let error = loop {
        match cursor.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("half an answer was taken for a whole one"),
            Err(error) => break error,
        }
    };
    assert!(reason(error).starts_with("Code: 395. DB::Exception: "));
    let error = engine.client().with_password("wrong").query("SELECT 1").execute().await.expect_err("refused");
    assert!(reason(error).contains("AUTHENTICATION_FAILED"));

    // The crate checks the row type against DESCRIBE TABLE.
    #[derive(Row, Serialize)]
    struct Wrong {
        id: u64,
    }
    let error = client.insert::<Wrong>("record").await.map(|_| ()).expect_err("columns are missing");
    assert!(matches!(error, Error::SchemaMismatch(_)), "{error}");
    assert_eq!(client.query("SELECT count() FROM record").fetch_one::<u64>().await.expect("a count"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_makes_an_insert_count_once() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &[]);
    let client = engine.client();
    let ddl = "CREATE TABLE once (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100";
    client.query(ddl).execute().await.expect("created");

    #[derive(Row, Serialize)]
    struct Once {
        id: u64,
    }
    for token in ["a", "a", "b"] {
        let mut insert =
            client.insert::<Once>("once").await.expect("an insert").with_setting("insert_deduplication_token", token);
        insert.write(&Once { id: 1 }).await.expect("written");
        insert.end().await.expect("inserted");
    }
    assert_eq!(client.query("SELECT count() FROM once").fetch_one::<u64>().await.expect("a count"), 2);
}
