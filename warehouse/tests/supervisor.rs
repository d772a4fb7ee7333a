//! The supervisor and the real engine: restarts, held folders, fatal ends, orderly ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.
#![allow(missing_docs)]

mod common;

use std::{ffi::OsString, path::Path, process::Command, time::Duration};

use common::{
    engine::{Engine, START_WITHIN, command, program},
    events::{batch, complaint, record_item},
};
use tingjian_warehouse::{EngineCommand, EngineState, EngineSupervisor, Filters, SupervisorError, Written};

fn kill(pid: u32) {
    assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
}

fn is_alive(pid: u32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}

#[tokio::test]
async fn a_killed_engine_comes_back_with_what_it_held() {
    let engine = Engine::start().await;
    let write =
        |offset| batch(vec![record_item(offset, offset, complaint(&format!("r{offset}"), "2026-11-05T00:00:00Z"))]);
    engine.warehouse.write(&write(0)).await.unwrap();
    for round in 1..=3 {
        let pid = engine.pid();
        let mut state = engine.supervisor.state();
        state.mark_unchanged();
        kill(pid);
        state
            .wait_for(|state| matches!(state, EngineState::Down { reason, .. } if reason.contains("signal: 9")))
            .await
            .unwrap();
        let down = engine.warehouse.write(&write(round)).await;
        if let Err(error) = down {
            assert!(error.is_recoverable(), "{error}");
        }
        engine.supervisor.ready(START_WITHIN).await.unwrap();
        assert_ne!(engine.pid(), pid);
        let done = engine.warehouse.write(&write(round)).await.unwrap();
        assert_eq!(done.stored + done.skipped, 1);
        assert_eq!(engine.warehouse.record_count(&Filters::default()).await.unwrap(), round + 1);
    }
}

#[tokio::test]
async fn a_held_folder_is_waited_for_and_then_refused_in_words() {
    let engine = Engine::start().await;
    let impatient = EngineCommand { held_patience: Duration::from_millis(300), ..command(engine.folder.path()) };
    let second = EngineSupervisor::start(impatient);
    let error = second.ready(START_WITHIN).await.unwrap_err();
    let SupervisorError::Failed { reason } = &error else { panic!("{error}") };
    assert!(reason.contains(&engine.folder.path().display().to_string()), "{reason}");
    assert!(reason.contains(&engine.pid().to_string()), "{reason}");

    let patient =
        EngineSupervisor::start(EngineCommand { held_patience: START_WITHIN, ..command(engine.folder.path()) });
    patient.state().wait_for(|state| matches!(state, EngineState::Down { .. })).await.unwrap();
    let Engine { supervisor, folder, .. } = engine;
    supervisor.shutdown().await;
    patient.ready(START_WITHIN).await.unwrap();
    patient.shutdown().await;
    drop(folder);
}

async fn check_final(command: EngineCommand, word: &str) {
    let supervisor = EngineSupervisor::start(command);
    let error = supervisor.ready(START_WITHIN).await.unwrap_err();
    assert!(matches!(&error, SupervisorError::Failed { reason } if reason.contains(word)), "{error}");
    assert!(matches!(&*supervisor.state().borrow(), EngineState::Failed { .. }));
}

#[tokio::test]
async fn what_cannot_get_better_by_itself_is_final() {
    let folder = tempfile::tempdir().unwrap();
    let with = |program: &Path, args: &[&str]| {
        EngineCommand::new(program, args.iter().map(OsString::from).collect::<Vec<_>>(), folder.path())
    };
    check_final(with(Path::new("/no/such/program"), &[]), "/no/such/program").await;
    check_final(with(&program(), &["--library", "/no/such/library.so"]), "/no/such/library.so").await;
    check_final(with(&program(), &["--no-such-option"]), "exit status: 2").await;
}

#[tokio::test]
async fn an_engine_that_never_says_it_is_ready_is_killed_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let silent = EngineCommand {
        start_within: Duration::from_millis(100),
        ..EngineCommand::new("sh", vec!["-c".into(), "exec tail -f /dev/null".into()], folder.path())
    };
    let supervisor = EngineSupervisor::start(silent);
    supervisor
        .state()
        .wait_for(|state| matches!(state, EngineState::Down { reason, .. } if reason.contains("not ready")))
        .await
        .unwrap();
    supervisor.shutdown().await;
}

#[tokio::test]
async fn shutdown_ends_the_engine_in_order() {
    let engine = Engine::start().await;
    let (pid, state) = (engine.pid(), engine.supervisor.state());
    let Engine { supervisor, warehouse, folder } = engine;
    supervisor.shutdown().await;
    assert!(!is_alive(pid));
    assert_eq!(*state.borrow(), EngineState::Stopped);
    assert!(warehouse.positions().await.unwrap_err().is_recoverable());

    let again = EngineSupervisor::start(command(folder.path()));
    again.ready(START_WITHIN).await.unwrap();
    let mut state = again.state();
    drop(again);
    state.wait_for(|state| *state == EngineState::Stopped).await.unwrap();
}

#[tokio::test]
async fn a_write_in_which_the_engine_stands_still_ends_and_is_recoverable() {
    let engine = Engine::start().await;
    let limits = tingjian_warehouse::Timeouts {
        write: Duration::from_millis(500),
        question: Duration::from_millis(500),
        ..Default::default()
    };
    let warehouse = tingjian_warehouse::Warehouse::embedded(engine.supervisor.state(), "tingjian", limits);
    let signal =
        |name: &str| assert!(Command::new("kill").args([name, &engine.pid().to_string()]).status().unwrap().success());
    signal("-STOP");
    let error =
        warehouse.write(&batch(vec![record_item(0, 1, complaint("a", "2026-11-05T00:00:00Z"))])).await.unwrap_err();
    signal("-CONT");
    assert!(error.is_recoverable() && error.to_string().contains("no answer"), "{error}");
    let done =
        engine.warehouse.write(&batch(vec![record_item(0, 1, complaint("a", "2026-11-05T00:00:00Z"))])).await.unwrap();
    assert_eq!(done, Written { stored: 1, ..Written::default() });
}
