//! Command line of the engine.

use std::net::SocketAddr;
use std::path::PathBuf;

/// What the parent tells its engine. The token comes in the environment variable `TINGJIAN_ENGINE_TOKEN`, where other
/// users of the machine cannot read it.
#[derive(Debug, Clone, clap::Args)]
pub struct EngineArgs {
    /// Data folder; made if it is not there
    #[arg(long, value_name = "DIR")]
    pub path: PathBuf,

    /// Loopback address to serve on; port 0 takes a free one and prints it
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = loopback)]
    pub listen: SocketAddr,

    /// Statements that run at the same time
    #[arg(long, default_value_t = 4, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub connections: u16,

    /// The library libchdb.so, if it is not in one of the usual places
    #[arg(long, env = "TINGJIAN_ENGINE_LIBRARY", value_name = "FILE")]
    pub library: Option<PathBuf>,

    /// Memory that the engine gives its queries, inserts, merges and caches
    #[arg(long, default_value_t = 700 << 20, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(256 << 20..))]
    pub memory_bytes: u64,

    /// Longest request body
    #[arg(long, default_value_t = 256 << 20, value_name = "BYTES")]
    pub max_body_bytes: usize,
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|error| format!("{error}; write 127.0.0.1:PORT"))?;
    if address.ip().is_loopback() { Ok(address) } else { Err("the engine serves loopback addresses only".into()) }
}
