//! What a cluster is asked for: the settings of every request, and inserts that may be sent twice. One server answers here;
//! replicas that replicate to each other are not run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.
#![allow(missing_docs)]

mod common;

use std::sync::{Arc, Mutex};

use common::{engine::Engine, events};
use tingjian_warehouse::{
    BackupState, Credentials, EngineState, Timeouts, Tls, Warehouse, WarehouseConfig, WarehouseError,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream},
};

/// First lines of requests.
type Seen = Arc<Mutex<Vec<String>>>;

/// Passes connections on and writes down what is asked for.
async fn listening_before(upstream: String) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Seen::default();
    let writing = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(upstream.trim_start_matches("http://")).await.unwrap();
            let (mut asked, mut answered) = client.into_split();
            let (mut answering, mut asking) = server.into_split();
            let seen = Arc::clone(&writing);
            tokio::spawn(async move { copy(&mut answering, &mut answered).await });
            tokio::spawn(async move {
                let mut chunk = vec![0; 1 << 16];
                while let Ok(count @ 1..) = asked.read(&mut chunk).await {
                    let text = String::from_utf8_lossy(&chunk[..count]);
                    let first = text.lines().next().unwrap_or_default().to_owned();
                    if first.starts_with("POST ") {
                        seen.lock().unwrap().push(first);
                    }
                    asking.write_all(&chunk[..count]).await.unwrap();
                }
            });
        }
    });
    (url, seen)
}

/// The same server, taken for one of a cluster.
fn of_cluster(engine: &Engine, url: String) -> Warehouse {
    let state = engine.supervisor.state();
    let EngineState::Ready { endpoint, .. } = &*state.borrow() else { panic!("the engine is not ready") };
    let credentials = Credentials { user: String::new(), password: endpoint.credentials.password.clone() };
    let (database, cluster) = ("tingjian".to_owned(), Some("main".to_owned()));
    let config = WarehouseConfig {
        urls: vec![url],
        credentials,
        tls: Tls::None,
        database,
        cluster,
        timeouts: Timeouts::default(),
    };
    Warehouse::connect(config).unwrap()
}

fn url_of(engine: &Engine) -> String {
    let state = engine.supervisor.state();
    let EngineState::Ready { endpoint, .. } = &*state.borrow() else { panic!("the engine is not ready") };
    endpoint.urls[0].clone()
}

async fn physical_rows(engine: &Engine) -> u64 {
    engine.client().query("SELECT count() FROM records").fetch_one().await.unwrap()
}

#[tokio::test]
async fn a_cluster_is_asked_to_store_in_a_quorum_and_to_read_what_was_stored() {
    let engine = Engine::start().await;
    let (url, seen) = listening_before(url_of(&engine)).await;
    let warehouse = of_cluster(&engine, url);
    let item = events::record_item(0, 1, events::complaint("a", "2026-11-05T00:00:00Z"));
    warehouse.write(&events::batch(vec![item])).await.unwrap();
    warehouse.positions().await.unwrap();
    let seen = seen.lock().unwrap().clone();
    assert!(seen.len() >= 4, "{seen:?}");
    for request in &seen {
        for setting in ["insert_quorum=auto", "insert_quorum_parallel=0", "select_sequential_consistency=1"] {
            assert!(request.contains(setting), "{request} does not ask for {setting}");
        }
    }
    let inserts = seen.iter().filter(|request| request.contains("INSERT+INTO+records")).collect::<Vec<_>>();
    assert!(!inserts.is_empty() && inserts.iter().all(|sent| sent.contains("insert_deduplication_token=")), "{seen:?}");
}

#[tokio::test]
async fn a_copy_of_a_cluster_is_asked_of_the_whole_cluster() {
    let engine = Engine::start().await;
    let warehouse = of_cluster(&engine, url_of(&engine));
    // The engine reads the statement, and knows no cluster of that name: it says so at once, or when asked how the copy stands.
    let backup = warehouse.begin_backup("one", "Disk('backups', 'one')").await;
    assert!(why_not(&warehouse, backup, "one").await.contains("'main'"));
    let restore = warehouse.begin_restore("two", "Disk('backups', 'one')").await;
    assert!(why_not(&warehouse, restore, "two").await.contains("'main'"));
}

async fn why_not(warehouse: &Warehouse, begun: Result<(), WarehouseError>, id: &str) -> String {
    if let Err(error) = begun {
        return error.to_string();
    }
    for _ in 0..200 {
        match warehouse.backup_state(id).await.unwrap() {
            BackupState::Failed(why) => return why,
            BackupState::Running => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            state => panic!("{state:?}"),
        }
    }
    panic!("still running after ten seconds")
}

#[tokio::test]
async fn an_insert_whose_answer_was_lost_is_left_out_where_tables_deduplicate() {
    let engine = Engine::start().await;
    // As replicated tables do by themselves.
    let sql = "ALTER TABLE records MODIFY SETTING non_replicated_deduplication_window = 100";
    engine.client().query(sql).execute().await.unwrap();
    let item = |offset: u64, id: &str| {
        let months = ["2026-10-05T00:00:00Z", "2026-11-05T00:00:00Z"];
        events::record_item(offset, offset + 1, events::complaint(id, months[offset as usize % 2]))
    };
    let batch = events::batch(vec![item(0, "a"), item(1, "b")]);
    for _ in 0..3 {
        engine.warehouse.write_again(&batch).await.unwrap();
        assert_eq!(physical_rows(&engine).await, 2, "the same rows, in two months");
    }
    // Other rows are another insert, also where one of them is the same.
    engine.warehouse.write_again(&events::batch(vec![item(1, "b"), item(2, "c")])).await.unwrap();
    assert_eq!(physical_rows(&engine).await, 4);
    let counted: u64 = engine.client().query("SELECT count() FROM records FINAL").fetch_one().await.unwrap();
    assert_eq!(counted, 3);
}
