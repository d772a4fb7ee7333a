//! Tingjian's embedded ClickHouse: a child process that loads `libchdb.so` and serves ClickHouse's HTTP interface on a
//! loopback port to the parent that started it.
//!
//! It is a process of its own because a fault in the library (low memory, a fatal error in its C++) must not take the
//! server down: the parent notices and starts it again, and everything it acknowledged is on disk.

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

use std::process::ExitCode;

pub use args::EngineArgs;
pub use library::ENGINE_VERSION;

/// Serves until the parent closes our standard input, or SIGTERM or SIGINT comes. The exit codes are in [`exit`].
pub fn run(args: EngineArgs) -> ExitCode {
    match server::run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
