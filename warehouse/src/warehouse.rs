//! The one client of ClickHouse: which server is asked, with which settings, and how a failure is named.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use clickhouse::{Client, Compression, RowOwned, RowRead, query::Query};
use serde::Serialize;
use tokio::{sync::watch, time::timeout};

use crate::{
    Endpoint, EngineState, Timeouts, WarehouseConfig, WarehouseError,
    block::{Block, BlockError, Layout},
    write::Sink,
};

/// A ClickHouse, embedded or not. Cheap to clone; clones are the same warehouse.
#[derive(Clone)]
pub struct Warehouse {
    inner: Arc<Inner>,
}

struct Inner {
    access: Access,
    database: String,
    cluster: Option<String>,
    timeouts: Timeouts,
    /// Shares its connections with every client made of it.
    base: Client,
    /// Counts the times a server could not be reached: the next URL's turn.
    turn: AtomicUsize,
    sink: Sink,
    /// Empty ones of the tables written to so far, kept for their memory.
    blocks: Mutex<HashMap<&'static str, Block>>,
}

enum Access {
    Fixed(Endpoint),
    Embedded(watch::Receiver<EngineState>),
}

/// Bytes of a block that are sent at a time.
const CHUNK_BYTES: usize = 1 << 20;

/// A client for one request and the URL it asks.
pub(crate) struct Connection {
    pub client: Client,
    pub url: String,
}

impl Warehouse {
    /// A warehouse over running servers. Nothing is asked yet.
    ///
    /// # Errors
    /// [`WarehouseError::NoUrl`].
    pub fn connect(config: WarehouseConfig) -> Result<Self, WarehouseError> {
        if config.urls.is_empty() {
            return Err(WarehouseError::NoUrl);
        }
        let endpoint = Endpoint { urls: config.urls, credentials: config.credentials };
        Ok(Self::new(Access::Fixed(endpoint), config.database, config.cluster, config.timeouts))
    }

    /// A warehouse over the embedded engine, wherever its supervisor says it is at the moment of a request.
    pub fn embedded(engine: watch::Receiver<EngineState>, database: &str, timeouts: Timeouts) -> Self {
        Self::new(Access::Embedded(engine), database.to_owned(), None, timeouts)
    }

    fn new(access: Access, database: String, cluster: Option<String>, timeouts: Timeouts) -> Self {
        let base = base_client(&database, cluster.is_some());
        let (turn, sink) = (AtomicUsize::new(0), Sink::default());
        Self {
            inner: Arc::new(Inner { access, database, cluster, timeouts, base, turn, sink, blocks: Mutex::default() }),
        }
    }

    /// Another database of the same server, on its own: no cluster.
    #[must_use]
    pub fn beside(&self, database: &str) -> Self {
        let access = match &self.inner.access {
            Access::Fixed(endpoint) => Access::Fixed(endpoint.clone()),
            Access::Embedded(engine) => Access::Embedded(engine.clone()),
        };
        Self::new(access, database.to_owned(), None, self.inner.timeouts)
    }

    pub(crate) fn database(&self) -> &str {
        &self.inner.database
    }

    pub(crate) fn cluster(&self) -> Option<&str> {
        self.inner.cluster.as_deref()
    }

    pub(crate) fn sink(&self) -> &Sink {
        &self.inner.sink
    }

    /// A client of the server whose turn it is.
    ///
    /// # Errors
    /// [`WarehouseError::EngineDown`] while the embedded engine is not ready.
    pub(crate) fn connection(&self, action: &'static str) -> Result<Connection, WarehouseError> {
        let endpoint = self.endpoint(action)?;
        let turn = self.inner.turn.load(Ordering::Relaxed);
        let url = endpoint.urls.get(turn % endpoint.urls.len().max(1)).ok_or(WarehouseError::NoUrl)?.clone();
        let mut client = self.inner.base.clone().with_url(&url).with_compression(compression_for(&url));
        if !endpoint.credentials.user.is_empty() {
            client = client.with_user(&endpoint.credentials.user);
        }
        if !endpoint.credentials.password.is_empty() {
            client = client.with_password(&endpoint.credentials.password);
        }
        Ok(Connection { client, url })
    }

    fn endpoint(&self, action: &'static str) -> Result<Endpoint, WarehouseError> {
        match &self.inner.access {
            Access::Fixed(endpoint) => Ok(endpoint.clone()),
            Access::Embedded(engine) => match &*engine.borrow() {
                EngineState::Ready { endpoint, .. } => Ok(endpoint.clone()),
                other => Err(WarehouseError::EngineDown { action, reason: other.to_string() }),
            },
        }
    }

    /// Names a failure, and gives the next server its turn if this one did not answer.
    pub(crate) fn failed(
        &self,
        action: &'static str,
        connection: &Connection,
        after: Duration,
        error: clickhouse::error::Error,
    ) -> WarehouseError {
        let error = WarehouseError::of(action, &connection.url, after, error);
        if error.is_of_this_server() {
            self.inner.turn.fetch_add(1, Ordering::Relaxed);
        }
        error
    }

    async fn within<T>(
        &self,
        action: &'static str,
        connection: &Connection,
        limit: Duration,
        work: impl Future<Output = clickhouse::error::Result<T>>,
    ) -> Result<T, WarehouseError> {
        let done = timeout(limit, work).await.unwrap_or(Err(clickhouse::error::Error::TimedOut));
        done.map_err(|error| self.failed(action, connection, limit, error))
    }

    /// Runs one statement that answers nothing.
    pub(crate) async fn execute(&self, action: &'static str, sql: &str) -> Result<(), WarehouseError> {
        let connection = self.connection(action)?;
        let work = connection.client.query_raw(sql).execute();
        self.within(action, &connection, self.inner.timeouts.write, work).await
    }

    /// Runs one statement that works through much and answers nothing.
    pub(crate) async fn work_through(&self, action: &'static str, sql: &str) -> Result<(), WarehouseError> {
        let connection = self.connection(action)?;
        let work = connection.client.query_raw(sql).execute();
        self.within(action, &connection, self.inner.timeouts.stream, work).await
    }

    /// Runs one statement before the database exists.
    pub(crate) async fn execute_without_database(&self, action: &'static str, sql: &str) -> Result<(), WarehouseError> {
        let mut connection = self.connection(action)?;
        connection.client = connection.client.with_database("system");
        let work = connection.client.query_raw(sql).execute();
        self.within(action, &connection, self.inner.timeouts.write, work).await
    }

    /// Asks one question with bound parameters and takes all rows of the answer.
    pub(crate) async fn fetch_all<R: RowOwned + RowRead>(
        &self,
        action: &'static str,
        sql: &str,
        bind: impl FnOnce(Query) -> Query,
    ) -> Result<Vec<R>, WarehouseError> {
        let connection = self.connection(action)?;
        let work = bind(connection.client.query_raw(sql)).fetch_all::<R>();
        self.within(action, &connection, self.inner.timeouts.question, work).await
    }

    /// Asks one question and gives every row to `take` as it comes.
    pub(crate) async fn for_each<R: RowRead>(
        &self,
        action: &'static str,
        sql: &str,
        bind: impl FnOnce(Query) -> Query,
        mut take: impl FnMut(R::Value<'_>),
    ) -> Result<u64, WarehouseError> {
        let connection = self.connection(action)?;
        let work = async {
            let mut cursor = bind(connection.client.query_raw(sql)).fetch::<R>()?;
            let mut rows = 0;
            while let Some(row) = cursor.next().await? {
                take(row);
                rows += 1;
            }
            Ok(rows)
        };
        self.within(action, &connection, self.inner.timeouts.stream, work).await
    }

    /// Inserts rows into one table by one `INSERT`: per month of its key all of them or none.
    pub(crate) async fn insert_rows<R: Serialize>(
        &self,
        table: &'static str,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<(), WarehouseError> {
        const ACTION: &str = "writing";
        let mut block = self.block(table).await?;
        let misfit = |error: BlockError| WarehouseError::Schema { action: ACTION, table, reason: error.to_string() };
        rows.into_iter().try_for_each(|row| block.push(&row)).map_err(misfit)?;
        if block.is_empty() {
            return Ok(());
        }
        let limit = self.inner.timeouts.write;
        let connection = self.connection(ACTION)?;
        let sql = format!("INSERT INTO {table} ({}) FORMAT Native", block.names());
        let bytes = Bytes::from(block.to_bytes());
        self.put_back(table, block);
        let mut insert = connection.client.insert_formatted_with(sql).with_timeouts(Some(limit), Some(limit));
        let work = async {
            let mut rest = bytes;
            while !rest.is_empty() {
                insert.send(rest.split_to(rest.len().min(CHUNK_BYTES))).await?;
            }
            insert.end().await
        };
        work.await.map_err(|error| self.failed(ACTION, &connection, limit, error))
    }

    /// An empty block for a table, whose columns are asked for once.
    async fn block(&self, table: &'static str) -> Result<Block, WarehouseError> {
        const SQL: &str = include_str!("../statements/layout.sql");
        const ACTION: &str = "reading the columns of a table";
        let used = self.inner.blocks.lock().unwrap_or_else(PoisonError::into_inner).remove(table);
        if let Some(block) = used {
            return Ok(block);
        }
        let columns: Vec<(String, String)> = self.fetch_all(ACTION, SQL, |query| query.param("table", table)).await?;
        if columns.is_empty() {
            return Err(WarehouseError::Schema { action: ACTION, table, reason: "it does not exist".to_owned() });
        }
        Ok(Block::new(Arc::new(columns.into_iter().collect::<Layout>())))
    }

    fn put_back(&self, table: &'static str, mut block: Block) {
        block.clear();
        self.inner.blocks.lock().unwrap_or_else(PoisonError::into_inner).insert(table, block);
    }
}

/// Settings of every request.
fn base_client(database: &str, is_cluster: bool) -> Client {
    let client = Client::default()
        .with_database(database)
        // An insert is one part, written and synced before it is answered: a batch is a block already.
        .with_setting("async_insert", "0")
        // A batch names an id once, so merging the block row by row before it is written would find nothing (and take a third
        // of the insert's time).
        .with_setting("optimize_on_insert", "0")
        // A key holds its month, so a row and what replaces it are in the same one.
        .with_setting("do_not_merge_across_partitions_select_final", "1")
        // Without it an index could hide the newer row of a key and so uncover the older.
        .with_setting("use_skip_indexes_if_final_exact_mode", "1");
    if !is_cluster {
        return client;
    }
    // What one replica has acknowledged the next one asked must know.
    client
        .with_setting("insert_quorum", "auto")
        .with_setting("insert_quorum_parallel", "0")
        .with_setting("select_sequential_consistency", "1")
}

/// Between processes of one machine compression costs more than it saves.
fn compression_for(url: &str) -> Compression {
    let is_local = ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|host| url.starts_with(host));
    if is_local { Compression::None } else { Compression::Lz4 }
}
