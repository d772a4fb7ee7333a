//! Tingjian's embedded ClickHouse: a child process that loads `libchdb.so` and serves ClickHouse's HTTP interface on a
//! loopback port to the parent that started it.
//!
//! It is a process of its own because a fault in the library (low memory, a fatal error in its C++) must not take the
//! server down: the parent notices and starts it again, and everything it acknowledged is on disk.
//!
//! A client written for a ClickHouse server works unchanged; of what such a server has, this one has not:
//! * users, roles, sessions (`session_id` is ignored: nothing outlives a request), `query_log` and the other log tables;
//! * compressed blocks (`compress=1`, `decompress=1`) and external tables in multipart bodies: refused in words;
//! * several statements in one request, as on a server; `GET` only reads, as on a server;
//! * ZooKeeper and clusters: `Replicated…` engines and `ON CLUSTER` are refused by the engine.
//!
//! `SETTINGS` may come in the URL as on a server; the session's time zone is UTC.

pub mod exit;

mod answer;
mod args;
mod call;
mod chdb;
mod engine;
mod exception;
mod folder;
mod format;
mod library;
mod parent;
mod pool;
mod request;
mod server;
mod service;
mod session;
mod statement;
mod upload;

use std::env;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use crate::engine::{ALLOCATOR_SETTINGS, ALLOCATOR_VARIABLE};
use crate::server::Failure;

pub use args::EngineArgs;
pub use library::ENGINE_VERSION;

/// Serves until the parent closes our standard input, or SIGTERM or SIGINT comes. The exit codes are in [`exit`].
///
/// Call it first in `main`: it starts this program anew, once, in the same process and with the same arguments, to hand
/// the library's allocator its settings; and after it has served, it leaves the process without returning.
pub fn run(args: EngineArgs) -> ExitCode {
    let Err(failure) = allocator_set().and_then(|()| server::run(&args));
    eprintln!("{failure}");
    // The library may be loaded already.
    chdb::leave(failure.exit_code())
}

/// Returns if the allocator's variable is set, as it is after the new start or when a person has set it.
fn allocator_set() -> Result<(), Failure> {
    if env::var_os(ALLOCATOR_VARIABLE).is_some() {
        return Ok(());
    }
    let mut arguments = env::args_os();
    // An update may have replaced the file meanwhile; then the link still leads to what we are.
    let program = env::current_exe().ok().filter(|file| file.exists()).unwrap_or_else(|| "/proc/self/exe".into());
    let mut again = Command::new(program);
    again.arg0(arguments.next().unwrap_or_default()).args(arguments).env(ALLOCATOR_VARIABLE, ALLOCATOR_SETTINGS);
    Err(Failure::System(again.exec()))
}
