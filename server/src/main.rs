//! `tingjian-server`: the one program that is put together from all rooms.

mod accounts;
mod alerts;
mod app;
mod audit;
mod backup;
mod cli;
mod commands;
mod commendations;
mod config;
mod delivery;
mod http;
mod imports;
mod limits;
mod logging;
mod oidc;
mod questions;
mod reanalysis;
mod remembered;
mod reports;
mod searches;
mod secrets;
mod taxonomies;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Serve(options) => commands::serve::run(options),
        Command::Analyse(options) => commands::analyse::run(&options),
        Command::Train(command) => commands::train::run(&command),
        Command::Evaluate(options) => commands::evaluate::run(&options),
        Command::Accounts(options) => commands::accounts::run(&options),
        Command::Engine(options) => return tingjian_engine::run(options),
        Command::RebuildAttribution(options) => commands::rebuild_attribution::run(&options),
        Command::RebuildIndex(options) => commands::rebuild_index::run(&options),
        Command::Access => {
            print!("{}", http::matrix());
            Ok(ExitCode::SUCCESS)
        }
        Command::Topics(action) => commands::topics::run(&action),
        Command::Positions(options) => commands::positions::run(&options),
        Command::Replay(options) => commands::replay::run(&options),
        Command::Backup(options) => commands::backup::run(&options),
        Command::Restore(options) => commands::restore::run(&options),
        Command::Report(options) => commands::report::run(&options),
        Command::Openapi => commands::openapi::run(),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("错误：{}", explain(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes, each once: many say their cause themselves.
fn explain(error: &anyhow::Error) -> String {
    error.chain().skip(1).fold(error.to_string().trim().to_owned(), |said, cause| {
        let cause = cause.to_string();
        if said.contains(cause.trim()) { said } else { format!("{said}：{}", cause.trim()) }
    })
}
