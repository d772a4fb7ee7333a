//! The embedded engine as a program of its own, for tests and for trying it out with curl.

use std::process::ExitCode;

use clap::Parser;
use tingjian_engine::EngineArgs;

#[derive(Parser)]
#[command(name = "tingjian-engine", version, about = "Embedded ClickHouse behind a loopback HTTP port")]
struct Program {
    #[command(flatten)]
    engine: EngineArgs,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    tingjian_engine::run(Program::parse().engine)
}
