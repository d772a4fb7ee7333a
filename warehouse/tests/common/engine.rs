//! The real engine, one per test, in a folder of its own.

use std::{ffi::OsString, path::PathBuf, process::Command, sync::OnceLock, time::Duration};

use tempfile::TempDir;
use tingjian_warehouse::{EngineCommand, EngineState, EngineSupervisor, Timeouts, Warehouse};

/// Longest start of an engine on a busy machine.
pub const START_WITHIN: Duration = Duration::from_secs(120);

/// Names an engine's program that is there already.
const PROGRAM_VARIABLE: &str = "TINGJIAN_ENGINE_PROGRAM";

/// The program of the engine: the one that the environment names, or else built with the profile of this test.
pub fn program() -> PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| std::env::var_os(PROGRAM_VARIABLE).map_or_else(build, PathBuf::from)).clone()
}

fn build() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let folder = this.ancestors().find(|path| path.ends_with("deps") || path.ends_with("examples")).unwrap();
    let profile = folder.parent().unwrap().file_name().unwrap().to_str().unwrap();
    let profile = if profile == "debug" { "dev" } else { profile };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let args =
        ["build", "-q", "-p", "tingjian-engine", "--bin", "tingjian-engine", "--message-format=json", "--profile"];
    let output = Command::new(cargo).args(args).arg(profile).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let mut executables = lines.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    executables.next_back().expect("cargo names the program it built")
}

/// A running engine and a warehouse over it.
pub struct Engine {
    pub warehouse: Warehouse,
    pub supervisor: EngineSupervisor,
    pub folder: TempDir,
}

/// How tests start an engine: as usual, with short pauses.
pub fn command(folder: &std::path::Path) -> EngineCommand {
    EngineCommand { first_pause: Duration::from_millis(50), ..EngineCommand::new(program(), Vec::new(), folder) }
}

impl Engine {
    /// An engine in a new folder, with tables.
    pub async fn start() -> Self {
        let engine = Self::start_empty().await;
        engine.warehouse.migrate().await.unwrap();
        engine
    }

    /// An engine in a new folder, without a database.
    pub async fn start_empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let supervisor = EngineSupervisor::start(command(folder.path()));
        supervisor.ready(START_WITHIN).await.unwrap();
        let warehouse = Warehouse::embedded(supervisor.state(), "tingjian", Timeouts::default());
        Self { warehouse, supervisor, folder }
    }

    /// A plain client of the engine as it is now.
    pub fn client(&self) -> clickhouse::Client {
        let state = self.supervisor.state();
        let EngineState::Ready { endpoint, .. } = &*state.borrow() else { panic!("the engine is not ready") };
        clickhouse::Client::default()
            .with_url(&endpoint.urls[0])
            .with_password(&endpoint.credentials.password)
            .with_database("tingjian")
            .with_compression(clickhouse::Compression::None)
    }

    /// The engine's process id.
    pub fn pid(&self) -> u32 {
        let state = self.supervisor.state();
        let EngineState::Ready { pid, .. } = &*state.borrow() else { panic!("the engine is not ready") };
        *pid
    }
}
