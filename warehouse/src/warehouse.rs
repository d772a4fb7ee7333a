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
    facts::Remembered,
    transport::{self, Tls},
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
    remembered: Remembered,
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
    /// Whose turn it was when this was made: of many requests that fail together one gives the turn away.
    turn: usize,
}

impl Warehouse {
    /// A warehouse over running servers. Nothing is asked yet.
    ///
    /// # Errors
    /// [`WarehouseError::NoUrl`]; [`WarehouseError::Authorities`] where certificates cannot be read.
    pub fn connect(config: WarehouseConfig) -> Result<Self, WarehouseError> {
        if config.urls.is_empty() {
            return Err(WarehouseError::NoUrl);
        }
        let is_tls = config.urls.iter().any(|url| url.starts_with("https://"));
        let client = transport::client(if is_tls { config.tls } else { Tls::None })?;
        let endpoint = Endpoint { urls: config.urls, credentials: config.credentials };
        Ok(Self::new(Access::Fixed(endpoint), client, config.database, config.cluster, config.timeouts))
    }

    /// A warehouse over the embedded engine, wherever its supervisor says it is at the moment of a request.
    pub fn embedded(engine: watch::Receiver<EngineState>, database: &str, timeouts: Timeouts) -> Self {
        Self::new(Access::Embedded(engine), Client::default(), database.to_owned(), None, timeouts)
    }

    fn new(access: Access, client: Client, database: String, cluster: Option<String>, timeouts: Timeouts) -> Self {
        let base = with_settings(client, &database, cluster.is_some());
        let (turn, sink) = (AtomicUsize::new(0), Sink::default());
        Self {
            inner: Arc::new(Inner {
                access,
                database,
                cluster,
                timeouts,
                base,
                turn,
                sink,
                remembered: Remembered::default(),
                blocks: Mutex::default(),
            }),
        }
    }

    /// Another database of the same server, on its own: no cluster.
    #[must_use]
    pub fn beside(&self, database: &str) -> Self {
        let access = match &self.inner.access {
            Access::Fixed(endpoint) => Access::Fixed(endpoint.clone()),
            Access::Embedded(engine) => Access::Embedded(engine.clone()),
        };
        Self::new(access, self.inner.base.clone(), database.to_owned(), None, self.inner.timeouts)
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

    pub(crate) fn remembered(&self) -> &Remembered {
        &self.inner.remembered
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
        Ok(Connection { client, url, turn })
    }

    /// Whether there is one server alone, which holds what it was told.
    pub(crate) fn is_single(&self) -> bool {
        self.servers() == 1 && self.inner.cluster.is_none()
    }

    /// How many servers there are to ask.
    fn servers(&self) -> usize {
        match &self.inner.access {
            Access::Fixed(endpoint) => endpoint.urls.len(),
            Access::Embedded(_) => 1,
        }
    }

    /// Whether no other process can reach it: the folder of an embedded engine has one owner.
    pub(crate) fn is_ours_alone(&self) -> bool {
        matches!(self.inner.access, Access::Embedded(_))
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
            let (turn, next) = (connection.turn, connection.turn.wrapping_add(1));
            // Given away by another request meanwhile: then the next server has it already.
            let _ = self.inner.turn.compare_exchange(turn, next, Ordering::Relaxed, Ordering::Relaxed);
        }
        error
    }

    /// Does `work` on the server whose turn it is and, where that one is out of order, on the others, each at most once.
    async fn anywhere<T, F: Future<Output = clickhouse::error::Result<T>>>(
        &self,
        action: &'static str,
        limit: Duration,
        work: impl Fn(Client) -> F,
    ) -> Result<T, WarehouseError> {
        let mut left = self.servers();
        loop {
            let connection = self.connection(action)?;
            left = left.saturating_sub(1);
            match self.within(action, &connection, limit, work(connection.client.clone())).await {
                Err(error) if left > 0 && error.is_of_this_server() => {
                    tracing::warn!(%error, "asking the next ClickHouse server");
                }
                done => return done,
            }
        }
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
        self.anywhere(action, self.inner.timeouts.write, |client| client.query_raw(sql).execute()).await
    }

    /// Runs one statement with bound parameters that answers nothing.
    pub(crate) async fn execute_with(
        &self,
        action: &'static str,
        sql: &str,
        bind: impl FnOnce(Query) -> Query,
    ) -> Result<(), WarehouseError> {
        let connection = self.connection(action)?;
        let work = bind(connection.client.query_raw(sql)).execute();
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
        let work = |client: Client| client.with_database("system").query_raw(sql).execute();
        self.anywhere(action, self.inner.timeouts.write, work).await
    }

    /// Asks one question with bound parameters and takes all rows of the answer.
    pub(crate) async fn fetch_all<R: RowOwned + RowRead>(
        &self,
        action: &'static str,
        sql: &str,
        bind: impl FnOnce(Query) -> Query + Clone,
    ) -> Result<Vec<R>, WarehouseError> {
        let work = |client: Client| bind.clone()(client.query_raw(sql)).fetch_all::<R>();
        self.anywhere(action, self.inner.timeouts.question, work).await
    }

    /// Asks in a way of its own.
    pub(crate) async fn ask<T, F: Future<Output = clickhouse::error::Result<T>>>(
        &self,
        action: &'static str,
        work: impl Fn(Client) -> F,
    ) -> Result<T, WarehouseError> {
        self.anywhere(action, self.inner.timeouts.question, work).await
    }

    /// Asks one question and gives every row to `take` as it comes. The next server is asked only where no row had come yet.
    pub(crate) async fn for_each<R: RowRead>(
        &self,
        action: &'static str,
        sql: &str,
        bind: impl FnOnce(Query) -> Query + Clone,
        mut take: impl FnMut(R::Value<'_>),
    ) -> Result<u64, WarehouseError> {
        let mut left = self.servers();
        loop {
            let connection = self.connection(action)?;
            let (mut rows, bind) = (0, bind.clone());
            left = left.saturating_sub(1);
            let work = async {
                let mut cursor = bind(connection.client.query_raw(sql)).fetch::<R>()?;
                while let Some(row) = cursor.next().await? {
                    take(row);
                    rows += 1;
                }
                Ok(())
            };
            match self.within(action, &connection, self.inner.timeouts.stream, work).await {
                Err(error) if left > 0 && rows == 0 && error.is_of_this_server() => {}
                done => return done.map(|()| rows),
            }
        }
    }

    /// Inserts rows into one table by one `INSERT`: per month of its key all of them or none.
    pub(crate) async fn insert_rows<R: Serialize>(
        &self,
        table: &'static str,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<(), WarehouseError> {
        self.insert_rows_once(table, rows, None).await
    }

    /// The same; where tables deduplicate, what was inserted under this token before is left out.
    pub(crate) async fn insert_rows_once<R: Serialize>(
        &self,
        table: &'static str,
        rows: impl IntoIterator<Item = R>,
        token: Option<&str>,
    ) -> Result<(), WarehouseError> {
        const ACTION: &str = "writing";
        let mut block = self.block(table).await?;
        let misfit = |error: BlockError| WarehouseError::Schema { action: ACTION, table, reason: error.to_string() };
        rows.into_iter().try_for_each(|row| block.push(&row)).map_err(misfit)?;
        if block.is_empty() {
            return Ok(());
        }
        let limit = self.inner.timeouts.write;
        let sql = format!("INSERT INTO {table} ({}) FORMAT Native", block.names());
        let bytes = Bytes::from(block.to_bytes());
        self.put_back(table, block);
        let work = |client: Client| {
            let (mut insert, mut rest) = (client.insert_formatted_with(sql.clone()), bytes.clone());
            if let Some(token) = token {
                insert = insert.with_setting("insert_deduplication_token", token);
            }
            async move {
                while !rest.is_empty() {
                    insert.send(rest.split_to(rest.len().min(CHUNK_BYTES))).await?;
                }
                insert.end().await
            }
        };
        self.anywhere(ACTION, limit, work).await
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
fn with_settings(client: Client, database: &str, is_cluster: bool) -> Client {
    let client = client
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
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    let is_local = ["127.0.0.1", "localhost", "[::1]"].iter().any(|local| host.starts_with(local));
    if is_local { Compression::None } else { Compression::Lz4 }
}
