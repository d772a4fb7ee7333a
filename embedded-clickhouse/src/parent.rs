//! Notices that it is time to leave: the parent died or asks us to, or a signal came.

use std::io::Read;

use rustix::fs::{FileType, fstat};
use rustix::process::setpgid;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// Why we leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// SIGTERM or SIGINT.
    Signal,
    /// The parent died, or closed the pipe to tell us to stop.
    ParentGone,
}

/// Waits for the end of standard input (a pipe that the parent holds open), SIGTERM or SIGINT.
pub async fn farewell() -> std::io::Result<Farewell> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let closed = standard_input_closed();
    Ok(tokio::select! {
        _ = terminate.recv() => Farewell::Signal,
        _ = interrupt.recv() => Farewell::Signal,
        () = closed => Farewell::ParentGone,
    })
}

/// Never ends if nobody holds our standard input: a person or a service manager started us, without a parent to lose.
async fn standard_input_closed() {
    if !has_parent() {
        return std::future::pending().await;
    }
    let (closed, wait) = oneshot::channel();
    // A thread of its own, which may block in read for ever without holding up the end of the process.
    std::thread::spawn(move || {
        let mut ignored = [0_u8; 256];
        let mut input = std::io::stdin().lock();
        while matches!(input.read(&mut ignored), Ok(1..)) {}
        let _ = closed.send(());
    });
    let _ = wait.await;
}

/// Whether standard input is a pipe or a socket, which a parent made to hold.
fn has_parent() -> bool {
    let kind = fstat(std::io::stdin()).map(|status| FileType::from_raw_mode(status.st_mode));
    matches!(kind, Ok(FileType::Fifo | FileType::Socket))
}

/// Leaves the parent's process group. Otherwise Ctrl-C at its terminal would stop us while it still has rows for us, and
/// the statement `SYSTEM SHUTDOWN`, by which ClickHouse signals its whole group, would stop the parent.
pub fn stand_alone() {
    if has_parent()
        && let Err(error) = setpgid(None, None)
    {
        tracing::debug!(%error, "still in the parent's process group");
    }
}
