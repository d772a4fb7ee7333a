//! Keeps the embedded engine running: starts it, notices its end, starts it again with growing pauses, stops it in order.
//!
//! The engine is a process of its own so that a fault in it does not take ingest down; this is the ingest's side of that.

mod child;
mod command;
mod ending;
mod state;

use std::time::{Duration, Instant};

use tokio::{
    sync::{oneshot, watch},
    task::JoinHandle,
    time::timeout,
};

use child::Engine;
pub use command::EngineCommand;
use ending::Ending;
pub use state::EngineState;

/// Why the engine is not there when asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SupervisorError {
    /// It cannot run until somebody changes something.
    #[error("the embedded ClickHouse cannot run: {reason}")]
    Failed {
        /// What is wrong and what to do.
        reason: String,
    },
    /// It may still come.
    #[error("the embedded ClickHouse was not ready within {} s: {state}", within.as_secs())]
    NotReady {
        /// How long was waited.
        within: Duration,
        /// What it was doing.
        state: String,
    },
}

/// Runs the embedded engine until [`Self::shutdown`]. Dropped without it, it ends the engine in the background just so.
#[derive(Debug)]
pub struct EngineSupervisor {
    state: watch::Receiver<EngineState>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl EngineSupervisor {
    /// Starts the engine in the background. Needs a tokio runtime.
    pub fn start(command: EngineCommand) -> Self {
        let (sender, state) = watch::channel(EngineState::Starting);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(Keeper { command, state: sender, held_since: None, failures: 0 }.run(stopped));
        Self { state, stop, task }
    }

    /// What the engine does, now and at every change.
    pub fn state(&self) -> watch::Receiver<EngineState> {
        self.state.clone()
    }

    /// Waits until the engine answers.
    ///
    /// # Errors
    /// [`SupervisorError::Failed`] as soon as it is clear that it never will, [`SupervisorError::NotReady`] after `within`.
    pub async fn ready(&self, within: Duration) -> Result<(), SupervisorError> {
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| matches!(state, EngineState::Ready { .. } | EngineState::Failed { .. }));
        match timeout(within, settled).await.map(|settled| settled.map(|state| state.clone())) {
            Ok(Ok(EngineState::Failed { reason })) => Err(SupervisorError::Failed { reason }),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(SupervisorError::NotReady { within, state: self.state.borrow().to_string() }),
        }
    }

    /// Ends the engine in order: it finishes what runs. Killed if it takes longer than the command's deadline.
    pub async fn shutdown(self) {
        let _ = self.stop.send(());
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the engine's supervisor ended early");
        }
    }
}

struct Keeper {
    command: EngineCommand,
    state: watch::Sender<EngineState>,
    /// Since when another process has had the data folder.
    held_since: Option<Instant>,
    /// Ends in a row without a time of steady running between them.
    failures: u32,
}

impl Keeper {
    async fn run(mut self, mut stop: oneshot::Receiver<()>) {
        loop {
            let ending = match Engine::spawn(&self.command) {
                Ok(mut engine) => {
                    let ended = tokio::select! {
                        ending = self.live(&mut engine) => Some(ending),
                        _ = &mut stop => None,
                    };
                    let Some(ending) = ended else {
                        engine.shutdown(self.command.stop_within).await;
                        break;
                    };
                    ending
                }
                Err(ending) => ending,
            };
            let Some(pause) = self.next_step(&ending) else { return };
            if timeout(pause, &mut stop).await.is_ok() {
                break;
            }
        }
        self.state.send_replace(EngineState::Stopped);
    }

    /// One life of the engine, from its start to its end.
    async fn live(&mut self, engine: &mut Engine) -> Ending {
        let ready = match engine.wait_ready(self.command.start_within).await {
            Ok(ready) => ready,
            Err(ending) => return ending,
        };
        tracing::info!(pid = engine.pid(), "embedded engine ready");
        let started = Instant::now();
        self.held_since = None;
        self.state.send_replace(ready);
        let ending = engine.wait_end().await;
        if started.elapsed() >= self.command.steady_after {
            self.failures = 0;
        }
        ending
    }

    /// Reports an end; the pause before the next start, or `None` where starting again is no use.
    fn next_step(&mut self, ending: &Ending) -> Option<Duration> {
        let held_for = self.held_for(ending);
        let is_final = ending.is_final() || held_for.is_some_and(|held| held >= self.command.held_patience);
        let reason = ending.to_string();
        if is_final {
            tracing::error!(reason, "embedded engine cannot run");
            self.state.send_replace(EngineState::Failed { reason });
            return None;
        }
        let pause = if held_for.is_some() { self.command.first_pause } else { self.command.pause(self.failures) };
        self.failures = self.failures.saturating_add(1);
        tracing::warn!(reason, pause_ms = pause.as_millis() as u64, "embedded engine is down, starting it again");
        self.state.send_replace(EngineState::down(reason));
        Some(pause)
    }

    /// How long the folder has been another process's, if that was the reason.
    fn held_for(&mut self, ending: &Ending) -> Option<Duration> {
        if !ending.is_held() {
            self.held_since = None;
            return None;
        }
        Some(self.held_since.get_or_insert_with(Instant::now).elapsed())
    }
}
