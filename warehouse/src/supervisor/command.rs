//! How to start the engine, and how patient to be with it.

use std::{ffi::OsString, path::PathBuf, time::Duration};

/// What to start and how long to wait for what.
#[derive(Clone, Debug)]
pub struct EngineCommand {
    /// The program.
    pub program: PathBuf,
    /// Arguments before those the supervisor adds (`--path`, `--listen`).
    pub args: Vec<OsString>,
    /// The engine's data folder.
    pub data_dir: PathBuf,
    /// Longest time from the start to the first answer: a large data folder takes a while to load.
    pub start_within: Duration,
    /// Longest time for an orderly end; then it is killed. Longer than the engine gives its running statements (20 s).
    pub stop_within: Duration,
    /// How long another process may hold the data folder: the engine of a killed parent needs a moment to close.
    pub held_patience: Duration,
    /// Pause after the first end; doubles at every further one.
    pub first_pause: Duration,
    /// Longest pause.
    pub longest_pause: Duration,
    /// Running this long counts as steady: the next pause is the first one again.
    pub steady_after: Duration,
}

impl EngineCommand {
    /// With the usual times.
    pub fn new(program: impl Into<PathBuf>, args: Vec<OsString>, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            args,
            data_dir: data_dir.into(),
            start_within: Duration::from_secs(120),
            stop_within: Duration::from_secs(30),
            held_patience: Duration::from_secs(60),
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(30),
            steady_after: Duration::from_secs(60),
        }
    }

    /// The pause after `failures` earlier ends in a row.
    pub(super) fn pause(&self, failures: u32) -> Duration {
        self.first_pause.saturating_mul(2_u32.saturating_pow(failures)).min(self.longest_pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_are_bounded() {
        let command = EngineCommand::new("engine", Vec::new(), "data");
        assert_eq!(command.pause(0), Duration::from_millis(200));
        assert_eq!(command.pause(1), Duration::from_millis(400));
        assert_eq!(command.pause(3), Duration::from_millis(1600));
        assert_eq!(command.pause(1000), Duration::from_secs(30));
    }
}
