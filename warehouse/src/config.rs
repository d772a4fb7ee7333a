//! Where the warehouse is and how long to wait for it.

use std::{fmt, time::Duration};

/// How to reach a ClickHouse over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarehouseConfig {
    /// `http://host:port` or `https://host:port` of the servers; the next one is asked when one cannot be reached.
    pub urls: Vec<String>,
    /// Who asks.
    pub credentials: Credentials,
    /// Which certificates are believed; asked for by `https` URLs only.
    pub tls: Tls,
    /// Made at the first migration.
    pub database: String,
    /// Name of the cluster whose replicas hold the tables; `None`: one server, or the embedded engine.
    pub cluster: Option<String>,
    /// How long one request may take.
    pub timeouts: Timeouts,
}

/// Whose signature makes a server's certificate believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// Nobody's: no server is asked by `https`.
    None,
    /// The certificate authorities this machine knows.
    #[default]
    System,
    /// These alone, as PEM.
    Authorities(Vec<u8>),
}

/// A user and a password. Never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// User name; empty: the server's default.
    pub user: String,
    /// Password, or the token of the embedded engine.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Where a ClickHouse answers at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// At least one `http://host:port`.
    pub urls: Vec<String>,
    /// Who asks.
    pub credentials: Credentials,
}

/// How long one request may take before it counts as failed (and is recoverable).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// One insert of one table, or one migration statement.
    pub write: Duration,
    /// One question.
    pub question: Duration,
    /// The whole of a long stream: an export, or all ids.
    pub stream: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { write: Duration::from_secs(60), question: Duration::from_secs(30), stream: Duration::from_secs(3600) }
    }
}
