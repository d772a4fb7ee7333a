//! Copies of the whole database, made and read by the server itself.

use clickhouse::{Client, Row};
use serde::Deserialize;

use crate::{Warehouse, WarehouseError};

/// How a copy that was begun stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackupState {
    /// Under way.
    Running,
    /// Whole.
    Done,
    /// Given up, in the server's words.
    Failed(String),
    /// Of no copy that this server knows: it was restarted, or another one answers.
    Unknown,
}

#[derive(Row, Deserialize)]
struct StateRow {
    status: String,
    error: String,
}

impl Warehouse {
    /// Begins to copy the database to `destination`, SQL like `File('name')` or `Disk('backups', 'name')`: what is stored at this
    /// moment, while writes go on.
    ///
    /// # Errors
    /// What the server says.
    pub async fn begin_backup(&self, id: &str, destination: &str) -> Result<(), WarehouseError> {
        self.begin("BACKUP", "TO", id, destination).await
    }

    /// Begins to bring the database back from `destination`. It must not be there.
    ///
    /// # Errors
    /// What the server says.
    pub async fn begin_restore(&self, id: &str, destination: &str) -> Result<(), WarehouseError> {
        self.begin("RESTORE", "FROM", id, destination).await
    }

    async fn begin(&self, verb: &str, way: &str, id: &str, destination: &str) -> Result<(), WarehouseError> {
        let (database, on_cluster) = (self.database().replace('`', "``"), self.on_cluster());
        let id = id.replace('\\', "\\\\").replace('\'', "\\'");
        let sql =
            format!("{verb} DATABASE `{database}` {on_cluster} {way} {destination} SETTINGS id = '{id}', async = 1");
        self.execute_without_database("copying the database", &sql).await
    }

    /// How the copy of that id stands.
    ///
    /// # Errors
    /// What the server says.
    pub async fn backup_state(&self, id: &str) -> Result<BackupState, WarehouseError> {
        const SQL: &str = include_str!("../statements/backup_state.sql");
        // The database need not be there.
        let ask =
            |client: Client| client.with_database("system").query_raw(SQL).param("id", id).fetch_all::<StateRow>();
        let rows = self.ask("asking for a copy of the database", ask).await?;
        Ok(match rows.into_iter().next() {
            None => BackupState::Unknown,
            Some(row) if matches!(row.status.as_str(), "BACKUP_CREATED" | "RESTORED") => BackupState::Done,
            Some(row) if row.error.is_empty() => BackupState::Running,
            Some(row) => BackupState::Failed(row.error),
        })
    }
}
