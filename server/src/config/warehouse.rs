//! `[warehouse]`: the embedded engine or ClickHouse servers.

use std::path::PathBuf;

use serde::Deserialize;

use super::{Secret, layers};

/// `[warehouse]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Warehouse {
    /// `embedded`, or one or more ClickHouse HTTP addresses: `http://host:8123`, `https://host:8443`.
    #[serde(deserialize_with = "layers::list")]
    pub url: Vec<String>,
    /// User.
    pub user: String,
    /// Password; meant for the environment (`TINGJIAN_WAREHOUSE_PASSWORD`), never shown.
    pub password: Secret,
    /// File that holds the password.
    pub password_file: Option<PathBuf>,
    /// File with the certificates (PEM) of the authorities that may vouch for `https` addresses; unset: those this machine knows.
    pub ca_file: Option<PathBuf>,
    /// Database.
    pub database: String,
    /// Cluster name for replicated tables; empty: one server.
    pub cluster: String,
    /// `[warehouse.engine]`.
    pub engine: Engine,
}

impl Default for Warehouse {
    fn default() -> Self {
        Self {
            url: vec!["embedded".into()],
            user: "default".into(),
            password: Secret::default(),
            password_file: None,
            ca_file: None,
            database: "tingjian".into(),
            cluster: String::new(),
            engine: Engine::default(),
        }
    }
}

/// `[warehouse.engine]`: the embedded engine's child process.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Engine {
    /// `libchdb.so`; unset: searched beside the program and in the usual places.
    pub library: Option<PathBuf>,
    /// Memory the engine may use, bytes.
    pub memory_bytes: u64,
    /// Queries that run at the same time; further ones wait.
    pub connections: usize,
}

impl Default for Engine {
    fn default() -> Self {
        Self { library: None, memory_bytes: 700 << 20, connections: 4 }
    }
}
