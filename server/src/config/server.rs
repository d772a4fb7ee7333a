//! `[server]`: where it listens, what it keeps, what it does.

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

use super::layers;

/// What one process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Moves records from the source to the sinks.
    Pipeline,
    /// Keeps a search index.
    Indexer,
    /// Serves HTTP.
    Web,
}

/// `[server]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Folder for everything this server keeps.
    pub data_dir: PathBuf,
    /// What this process does.
    #[serde(deserialize_with = "layers::list")]
    pub roles: Vec<Role>,
    /// Address under which people reach the server, for links; empty: the listening address.
    pub public_url: String,
    /// Longest time for one request, seconds.
    pub request_timeout_s: u64,
    /// IANA name of the organisation's time zone: days and weeks begin there.
    pub zone: String,
    /// Largest request body, bytes.
    pub max_body_bytes: usize,
    /// Posts that may be read at the same time; further ones are answered 429.
    pub max_concurrent_posts: usize,
    /// Longest time to finish running requests and batches at shutdown, seconds.
    pub shutdown_timeout_s: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8_700)),
            data_dir: PathBuf::from("data"),
            roles: vec![Role::Pipeline, Role::Indexer, Role::Web],
            public_url: String::new(),
            zone: "Asia/Shanghai".into(),
            request_timeout_s: 60,
            max_body_bytes: 64 << 20,
            max_concurrent_posts: 32,
            shutdown_timeout_s: 20,
        }
    }
}

impl Server {
    /// Whether people reach the server over TLS: then cookies go nowhere else.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The address people use: `public_url`, or the listening address.
    pub fn address(&self) -> String {
        if self.public_url.is_empty() {
            format!("http://{}", self.listen)
        } else {
            self.public_url.trim_end_matches('/').to_owned()
        }
    }
}
