//! ClickHouse's HTTP interface, as a person with curl meets it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod support;

use reqwest::multipart::Form;
use support::{Answer, Engine, TOKEN, folder};

#[tokio::test(flavor = "multi_thread")]
async fn statements_come_by_get_post_and_url() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &[]);
    let http = reqwest::Client::new();

    let ping = Answer::of(http.get(format!("{}/ping", engine.url))).await;
    assert_eq!((ping.status, ping.text.as_str()), (200, "Ok.\n"));
    let lost = Answer::of(http.get(format!("{}/nowhere", engine.url))).await;
    assert_eq!(lost.status, 404);

    let get = http.get(&engine.url).query(&[("query", "SELECT 1 AS a, '件' AS b")]).header("X-ClickHouse-Key", TOKEN);
    let get = Answer::of(get).await;
    assert_eq!((get.status, get.text.as_str()), (200, "1\t件\n"));
    assert_eq!(get.header("X-ClickHouse-Format"), "TabSeparated");
    assert_eq!(get.header("Content-Type"), "text/tab-separated-values; charset=UTF-8");
    assert!(!get.header("X-ClickHouse-Query-Id").is_empty());

    assert_eq!(engine.ask("CREATE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a").await, "");
    let in_url = [("query", "INSERT INTO t FORMAT TSV"), ("query_id", "mine")];
    let inserted = Answer::of(engine.post(&in_url, "1\tx\n2\ty\n")).await;
    assert_eq!((inserted.status, inserted.text.as_str()), (200, ""));
    assert_eq!(inserted.header("X-ClickHouse-Query-Id"), "mine");
    let summary: serde_json::Value = serde_json::from_str(inserted.header("X-ClickHouse-Summary")).expect("JSON");
    assert_eq!(summary["written_rows"], "2");

    engine.ask("INSERT INTO t VALUES (3, concat('z', ';\n\n;')), (2 + 2, 'FORMAT TSV')").await;
    engine.ask("INSERT INTO t FORMAT JSONEachRow\n{\"a\":5,\"s\":\"\"}\n\n{\"a\":6,\"s\":\"\"}").await;
    engine.ask("INSERT INTO t SELECT a + 100, s FROM t WHERE a = 1").await;
    assert_eq!(engine.ask("SELECT groupArray(a) FROM (SELECT a FROM t ORDER BY a)").await, "[1,2,3,4,5,6,101]");
    // Half of the statement in the URL, half in the body.
    let joined = Answer::of(engine.post(&[("query", "SELECT s FROM t")], "WHERE a = 2 FORMAT JSONEachRow")).await;
    assert_eq!((joined.header("X-ClickHouse-Format"), joined.text.as_str()), ("JSONEachRow", "{\"s\":\"y\"}\n"));
    let default_format = Answer::of(engine.post(&[("default_format", "CSVWithNames")], "SELECT 1 AS a")).await;
    assert_eq!(default_format.text, "\"a\"\n1\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_bound_in_the_url_and_in_multipart() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &[]);
    let text = "引号' 反斜杠\\ ; DROP TABLE t -- \u{1F600}";
    let escaped = text.replace('\\', "\\\\");

    let in_url = [("param_text", escaped.as_str()), ("param_list", "['a','b']")];
    let answer = Answer::of(
        engine.post(&in_url, "SELECT {text:String} AS t, {list:Array(String)}[2] FORMAT JSONCompactEachRow"),
    )
    .await;
    assert_eq!(serde_json::from_str::<Vec<String>>(&answer.text).expect("JSON"), [text, "b"]);

    let form = Form::new()
        .text("query", "SELECT {text:String}, {n:UInt8} + 1 FORMAT JSONCompactEachRow")
        .text("param_text", escaped.clone());
    let answer = Answer::of(engine.post(&[("param_n", "7")], "").multipart(form)).await;
    assert_eq!(answer.text, format!("[{}, 8]\n", serde_json::to_string(text).expect("JSON")));

    // Nothing of it is left for the next one.
    let answer = Answer::of(engine.post(&[], "SELECT {n:UInt8}")).await;
    assert_eq!((answer.status, answer.header("X-ClickHouse-Exception-Code")), (500, "456"));

    let form = Form::new().text("query", "SELECT 1").text("external", "1\n2\n");
    let answer = Answer::of(engine.post(&[], "").multipart(form)).await;
    assert_eq!((answer.status, answer.header("X-ClickHouse-Exception-Code")), (501, "48"));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_carry_clickhouses_code_text_and_status() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &["--connections", "1"]);
    #[rustfmt::skip]
    let table = [
        ("SELECT * FROM nowhere", 404, "60", "UNKNOWN_TABLE"),
        ("SELECT nothing", 404, "47", "UNKNOWN_IDENTIFIER"),
        ("SELECT (", 400, "62", "SYNTAX_ERROR"),
        ("", 400, "62", "SYNTAX_ERROR"),
        ("SELECT 1; SELECT 2", 400, "62", "Multi-statements are not allowed"),
        ("INSERT INTO nowhere FORMAT TSV\n1", 404, "60", "UNKNOWN_TABLE"),
        ("SELECT throwIf(number = 3) FROM numbers(10)", 500, "395", "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"),
        ("INSERT INTO t SELECT * FROM input('a UInt8') FORMAT TSV\n1", 501, "48", "NOT_IMPLEMENTED"),
        ("SELECT toUInt8('x')", 400, "6", "CANNOT_PARSE_TEXT"),
    ];
    for (sql, status, code, text) in table {
        let answer = Answer::of(engine.post(&[], sql)).await;
        assert_eq!((answer.status, answer.header("X-ClickHouse-Exception-Code")), (status, code), "{sql}");
        assert!(answer.text.starts_with(&format!("Code: {code}. DB::Exception: ")), "{sql}: {}", answer.text);
        assert!(answer.text.contains(text), "{sql}: {}", answer.text);
        assert_eq!(engine.ask("SELECT 1").await, "1", "after {sql}");
    }
}

/// libchdb keeps what it has formatted of an answer that fails, and would put it in front of the next answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_answer_leaves_nothing_for_the_next_one() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &["--connections", "1"]);
    let sql = "SELECT number, throwIf(number = 200000) FROM numbers(1000000) FORMAT JSON";
    let failed = Answer::of(engine.post(&[], sql)).await;
    assert_eq!(failed.header("X-ClickHouse-Exception-Code"), "395");
    let next = engine.ask("SELECT 1 FORMAT JSONCompactEachRow").await;
    assert!(next == "[1]", "{} bytes instead of [1]", next.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_request_sets_outlives_it() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &["--connections", "1"]);
    engine.ask("CREATE DATABASE d").await;
    let show = "SELECT getSetting('max_threads'), currentDatabase()";
    let before = engine.ask(show).await;

    let set = [("max_threads", "7"), ("database", "d")];
    assert_eq!(Answer::of(engine.post(&set, show)).await.text, "7\td\n");
    assert_eq!(engine.ask(show).await, before);
    for sql in
        ["SET max_threads = 9", "USE d", "CREATE TEMPORARY TABLE tt (a UInt8)", "SELECT 1 SETTINGS max_threads = 5"]
    {
        engine.ask(sql).await;
        assert_eq!(engine.ask(show).await, before, "{sql}");
    }
    let gone = Answer::of(engine.post(&[], "SELECT * FROM tt")).await;
    assert_eq!(gone.header("X-ClickHouse-Exception-Code"), "60");

    for (name, value, code) in
        [("no_such_setting", "1", "115"), ("max_threads", "many", "27"), ("decompress", "1", "48")]
    {
        let answer = Answer::of(engine.post(&[(name, value)], show)).await;
        assert_eq!(answer.header("X-ClickHouse-Exception-Code"), code, "{name}={value}: {}", answer.text);
    }
    let quoted = Answer::of(engine.post(&[("log_comment", "a', max_threads = '3\\")], show)).await;
    assert_eq!(quoted.text.trim_end(), before);
    let quoted = Answer::of(engine.post(&[("database", "d`; DROP DATABASE d; --")], show)).await;
    assert_eq!(quoted.header("X-ClickHouse-Exception-Code"), "81");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_token_opens_and_get_only_reads() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &[]);
    let http = reqwest::Client::new();
    let ask = || http.post(&engine.url).body("SELECT 1");
    assert_eq!(Answer::of(ask()).await.status, 401);
    assert_eq!(Answer::of(ask().header("X-ClickHouse-Key", "wrong")).await.status, 403);
    assert_eq!(Answer::of(ask().header("X-ClickHouse-Key", "")).await.status, 403);
    assert_eq!(Answer::of(ask().query(&[("password", TOKEN)])).await.status, 401);
    for good in
        [ask().header("X-ClickHouse-Key", TOKEN), ask().bearer_auth(TOKEN), ask().basic_auth("anyone", Some(TOKEN))]
    {
        assert_eq!(Answer::of(good).await.text, "1\n");
    }

    let get = |sql: &str| http.get(&engine.url).query(&[("query", sql)]).header("X-ClickHouse-Key", TOKEN);
    for sql in ["CREATE TABLE t (a UInt8) ENGINE = Memory", "INSERT INTO t VALUES (1)", "SET max_threads = 1"] {
        assert_eq!(Answer::of(get(sql)).await.header("X-ClickHouse-Exception-Code"), "164", "{sql}");
    }
    assert_eq!(Answer::of(get("SHOW DATABASES LIKE 'default'")).await.text, "default\n");
}

/// Blocks of a streamed select are documents of their own in libchdb; over HTTP they are one, byte for byte.
#[tokio::test(flavor = "multi_thread")]
async fn long_answers_are_one_document() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &[]);
    let formats = [
        "TabSeparated",
        "TabSeparatedWithNames",
        "TabSeparatedWithNamesAndTypes",
        "CSV",
        "CSVWithNames",
        "CSVWithNamesAndTypes",
        "JSONEachRow",
        "JSONCompactEachRow",
        "JSONCompactEachRowWithNames",
        "RowBinary",
        "RowBinaryWithNames",
        "RowBinaryWithNamesAndTypes",
        "JSONCompact",
        "Values",
    ];
    for format in formats {
        let sql = format!(
            "SELECT number AS `a\nb`, repeat('字\n\"', 5) AS s, [number] AS l FROM numbers(100000) SETTINGS \
             output_format_write_statistics = 0, max_block_size = 5000 FORMAT {format}"
        );
        let bytes = async |parameters: &[(&str, &str)]| {
            let response = engine.post(parameters, sql.clone()).send().await.expect("a response");
            assert_eq!(response.status(), 200, "{format}");
            response.bytes().await.expect("a body")
        };
        let (streamed, whole) = (bytes(&[]).await, bytes(&[("wait_end_of_query", "1")]).await);
        assert!(streamed.len() > 1 << 20, "{format}: {} bytes are not a long answer", streamed.len());
        assert!(streamed == whole, "{format}: {} streamed, {} whole", streamed.len(), whole.len());
    }
    for sql in ["SELECT 1 AS a WHERE 0 FORMAT CSVWithNames", "SELECT 1 AS a WHERE 0 FORMAT RowBinaryWithNames"] {
        assert!(!engine.ask(sql).await.is_empty(), "{sql}: a header even without rows");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_half_way_says_so() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &["--connections", "1"]);
    let sql = "SELECT number, throwIf(number = 3000000, '坏了') FROM numbers(10000000)";
    let mut response = engine.post(&[], sql).send().await.expect("a response");
    assert_eq!(response.status(), 200);
    let tag = response.headers()["X-ClickHouse-Exception-Tag"].to_str().expect("text").to_owned();
    let mut received = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => received.extend_from_slice(&chunk),
            end => break end,
        }
    };
    assert!(end.is_err(), "the connection is cut, so that no client takes the answer for complete");
    let text = String::from_utf8_lossy(&received);
    let tail = format!(" {tag}\r\n__exception__\r\n");
    assert!(text.ends_with(&tail) && text.contains("Code: 395. DB::Exception: 坏了"), "{}", &text[text.len() - 300..]);
    assert_eq!(engine.ask("SELECT 1").await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversize_body_is_refused() {
    let (_parent, data) = folder();
    let engine = Engine::start(&data, &["--max-body-bytes", "3000000"]);
    engine.ask("CREATE TABLE t (s String) ENGINE = MergeTree ORDER BY ()").await;
    let insert = [("query", "INSERT INTO t FORMAT LineAsString")];
    let announced = Answer::of(engine.post(&insert, vec![b'x'; 3_000_001])).await;
    assert_eq!((announced.status, announced.header("X-ClickHouse-Exception-Code")), (413, "229"));

    // A body in chunks, whose length nobody knows before its end.
    let pieces = (0..40).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 100_000]));
    let chunked = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let chunked = Answer::of(engine.post(&insert, chunked)).await;
    assert_eq!((chunked.status, chunked.header("X-ClickHouse-Exception-Code")), (413, "229"));
    assert_eq!(engine.ask("SELECT count() FROM t").await, "0");

    let fits = Answer::of(engine.post(&insert, vec![b'x'; 3_000_000])).await;
    assert_eq!(fits.status, 200, "{}", fits.text);
    assert_eq!(engine.ask("SELECT length(s) FROM t").await, "3000000");
}
