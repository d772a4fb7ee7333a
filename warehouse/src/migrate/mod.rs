//! Numbered migrations, applied once and checked by hash, from the same files for the embedded engine and a cluster.

mod files;
mod statements;
mod template;
mod turn;

use std::collections::BTreeMap;

use clickhouse::Row;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Warehouse, WarehouseError};
use files::{File, JOURNAL, MIGRATIONS};
use template::Engines;

/// Why the tables cannot be brought up to date. Nobody but a person can mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MigrationError {
    /// An applied migration is not what this program ships.
    #[error(
        "migration {number:04} ({name}) was applied with another content (sha256 {applied}, this program has {shipped}); \
         use the program that applied it, or put the change into a new migration"
    )]
    Changed {
        /// Its number.
        number: u32,
        /// Its name.
        name: String,
        /// Hash when it was applied.
        applied: String,
        /// Hash in this program.
        shipped: String,
    },
    /// The database was made by a newer program.
    #[error(
        "migration {number:04} ({name}) is applied but unknown to this program, which is older than the database; use a newer one"
    )]
    Unknown {
        /// Its number.
        number: u32,
        /// Its name.
        name: String,
    },
    /// A `{{…}}` in a migration means nothing.
    #[error("unknown placeholder {{{{{placeholder}}}}} in migration {name}")]
    Placeholder {
        /// What stood between the braces.
        placeholder: String,
        /// The migration's name.
        name: String,
    },
}

#[derive(Row, Deserialize)]
struct Applied {
    number: u32,
    name: String,
    sha256: String,
}

#[derive(Serialize)]
struct ApplyingRow<'a> {
    number: u32,
    name: &'a str,
    sha256: &'a str,
}

impl Warehouse {
    /// Makes the database and brings its tables up to date, one process at a time. Safe to repeat, and to repeat after a crash in
    /// the middle: every statement of a migration can be run again, and a migration is recorded after its last statement.
    ///
    /// # Errors
    /// [`WarehouseError::Migration`] where an applied migration differs from the shipped one; else what the server says.
    pub async fn migrate(&self) -> Result<(), WarehouseError> {
        if self.is_migrated().await? {
            return Ok(());
        }
        self.create_database().await?;
        self.in_turn(self.apply_missing()).await
    }

    /// Whether every migration of this program is applied: for whoever leaves that to others.
    ///
    /// # Errors
    /// As [`Warehouse::migrate`]; no database yet is no error.
    pub async fn is_migrated(&self) -> Result<bool, WarehouseError> {
        const NOT_THERE: [u32; 2] = [60, 81]; // UNKNOWN_TABLE, UNKNOWN_DATABASE
        match self.missing_migrations().await {
            Ok(missing) => Ok(missing.is_empty()),
            Err(WarehouseError::Refused { code, .. }) if NOT_THERE.contains(&code) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn apply_missing(&self) -> Result<(), WarehouseError> {
        self.run_file(&JOURNAL).await?;
        for file in self.missing_migrations().await? {
            self.apply(file).await?;
        }
        Ok(())
    }

    /// Those of this program that are not applied, in their order; the applied ones are checked.
    async fn missing_migrations(&self) -> Result<Vec<&'static File>, WarehouseError> {
        let applied = self.applied_migrations().await?;
        check_known(&applied)?;
        let is_missing = |file: &&'static File| match applied.get(&file.number) {
            Some(row) => check_same(file, row).map(|()| None).transpose(),
            None => Some(Ok(*file)),
        };
        Ok(MIGRATIONS.iter().filter_map(|file| is_missing(&file)).collect::<Result<_, MigrationError>>()?)
    }

    async fn create_database(&self) -> Result<(), WarehouseError> {
        let on_cluster = self.on_cluster();
        let name = self.database().replace('`', "``");
        let sql = format!("CREATE DATABASE IF NOT EXISTS `{name}` {on_cluster} ENGINE = Atomic");
        self.execute_without_database("creating the database", &sql).await
    }

    async fn applied_migrations(&self) -> Result<BTreeMap<u32, Applied>, WarehouseError> {
        const SQL: &str = include_str!("../../statements/applied_migrations.sql");
        let rows: Vec<Applied> = self.fetch_all("reading the applied migrations", SQL, |query| query).await?;
        Ok(rows.into_iter().map(|row| (row.number, row)).collect())
    }

    async fn apply(&self, file: &File) -> Result<(), WarehouseError> {
        self.run_file(file).await?;
        let sha256 = hash_of(file);
        let row = ApplyingRow { number: file.number, name: file.name, sha256: &sha256 };
        self.insert_rows("migrations", [row]).await?;
        tracing::info!(number = file.number, name = file.name, "migration applied");
        Ok(())
    }

    async fn run_file(&self, file: &File) -> Result<(), WarehouseError> {
        const ACTION: &str = "applying a migration";
        for statement in statements_of(file, self.engines())? {
            // What reads everything that is stored takes its time.
            if statement.contains("INSERT INTO") {
                self.work_through(ACTION, &statement).await?;
            } else {
                self.execute(ACTION, &statement).await?;
            }
        }
        Ok(())
    }

    fn engines(&self) -> Engines<'_> {
        engines_of(self.cluster())
    }

    /// What stands between an object's name and what is done with it, so that every replica does it.
    pub(crate) fn on_cluster(&self) -> String {
        self.engines().on_cluster()
    }
}

/// The statements that [`Warehouse::migrate`] runs in an empty database, for an administrator who wants to read them or who
/// alone may run them. With `cluster` those for the replicas of the cluster of that name.
///
/// # Errors
/// [`MigrationError::Placeholder`], which would be a fault of this program.
pub fn migration_statements(cluster: Option<&str>) -> Result<Vec<String>, MigrationError> {
    let files = std::iter::once(&JOURNAL).chain(MIGRATIONS);
    let statements = files.map(|file| statements_of(file, engines_of(cluster))).collect::<Result<Vec<_>, _>>()?;
    Ok(statements.concat())
}

fn engines_of(cluster: Option<&str>) -> Engines<'_> {
    cluster.map_or(Engines::Single, Engines::Cluster)
}

fn statements_of(file: &File, engines: Engines<'_>) -> Result<Vec<String>, MigrationError> {
    let sql = template::render(file.name, file.sql, engines)?;
    Ok(statements::split(&sql).map(str::to_owned).collect())
}

fn check_known(applied: &BTreeMap<u32, Applied>) -> Result<(), MigrationError> {
    match applied.values().find(|row| MIGRATIONS.iter().all(|file| file.number != row.number)) {
        Some(row) => Err(MigrationError::Unknown { number: row.number, name: row.name.clone() }),
        None => Ok(()),
    }
}

fn check_same(file: &File, applied: &Applied) -> Result<(), MigrationError> {
    let shipped = hash_of(file);
    if shipped == applied.sha256 {
        return Ok(());
    }
    let (name, applied) = (file.name.to_owned(), applied.sha256.clone());
    Err(MigrationError::Changed { number: file.number, name, applied, shipped })
}

/// Hash of the file as shipped: one for the embedded engine and for every cluster.
fn hash_of(file: &File) -> String {
    Sha256::digest(file.sql.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
