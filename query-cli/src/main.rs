//! `tingjian`: the command of 听见, a thin client of its HTTP API.
//!
//! What a command does is in `commands` and `import`; `client` alone speaks HTTP; `output` alone writes answers.
//! Exit status: 0 done, 1 nothing found or some rows rejected, 2 wrong usage, 3 server unreachable or refused.

mod answers;
mod args;
mod client;
mod commands;
mod failure;
mod filters;
mod import;
mod labels;
mod output;
mod problem;
mod retry;
mod token;
mod usage;
mod when;

use std::process::ExitCode;

use clap::Parser;

use crate::failure::{Failure, Outcome};

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage::report(&error),
    };
    match commands::run(args) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Incomplete) => ExitCode::from(1),
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

/// A local file or stream that could not be used.
fn local(what: &str, path: &std::path::Path, error: &std::io::Error) -> Failure {
    Failure::Usage(format!("{what} {}：{}", path.display(), failure::io_words(error)))
}
