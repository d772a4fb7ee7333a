//! The connections: each on a thread of its own, fed from one bounded queue.

use std::ffi::CString;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use crate::call::Call;
use crate::chdb::{Chdb, LibraryError};
use crate::exception::{Exception, code};
use crate::session::Session;

/// Requests that may wait for a connection; one more is refused with 503.
pub const QUEUE: usize = 64;

/// The engine's recursive parser and planner want more than Rust's 2 MiB.
const STACK_BYTES: usize = 8 << 20;

/// How often a closing pool looks whether its threads have ended.
const CLOSING_STEP: Duration = Duration::from_millis(5);

/// All connections of the engine.
pub struct Pool {
    calls: Sender<Call>,
    threads: Vec<JoinHandle<()>>,
}

/// The way in: cheap to clone.
#[derive(Clone)]
pub struct Entrance(Sender<Call>);

impl Entrance {
    /// Hands a call to the next free connection, or to the queue.
    ///
    /// # Errors
    /// The queue is full, or the pool is closing.
    pub fn enter(&self, call: Call) -> Result<(), Exception> {
        self.0.try_send(call).map_err(|error| match error {
            TrySendError::Full(_) => {
                let message = format!("All connections are busy and {QUEUE} requests are waiting already");
                Exception::new(code::TOO_MANY_SIMULTANEOUS_QUERIES, "TOO_MANY_SIMULTANEOUS_QUERIES", message)
            }
            TrySendError::Disconnected(_) => Exception::new(code::ABORTED, "ABORTED", "The engine is shutting down"),
        })
    }
}

impl Pool {
    /// Boots the engine and opens `connections` connections.
    ///
    /// # Errors
    /// [`LibraryError::Connect`] if the engine does not start.
    pub fn open(chdb: &Arc<Chdb>, arguments: &Arc<[CString]>, connections: usize) -> Result<Self, LibraryError> {
        let (calls, queue) = bounded(QUEUE);
        let (opened, results) = bounded(connections);
        let threads = (0..connections)
            .filter_map(|number| {
                let (chdb, arguments) = (chdb.clone(), arguments.clone());
                let (queue, opened) = (queue.clone(), opened.clone());
                let work = move || work(chdb, arguments, &queue, &opened);
                thread::Builder::new().name(format!("engine-{number}")).stack_size(STACK_BYTES).spawn(work).ok()
            })
            .collect();
        let pool = Self { calls, threads };
        drop(opened);
        for _ in 0..connections {
            results.recv().map_err(|_| LibraryError::Connect)??;
        }
        Ok(pool)
    }

    /// The way in for requests.
    pub fn entrance(&self) -> Entrance {
        Entrance(self.calls.clone())
    }

    /// Lets running and queued calls finish and closes all connections. `false` if the deadline came first.
    ///
    /// All [`Entrance`]s must have been dropped.
    pub fn close(self, deadline: Instant) -> bool {
        drop(self.calls);
        for thread in self.threads {
            while !thread.is_finished() {
                if Instant::now() >= deadline {
                    return false;
                }
                thread::sleep(CLOSING_STEP);
            }
            if thread.join().is_err() {
                tracing::error!("a connection's thread panicked");
            }
        }
        true
    }
}

/// Life of one connection. It is opened, used and closed on this thread.
fn work(chdb: Arc<Chdb>, arguments: Arc<[CString]>, queue: &Receiver<Call>, opened: &Sender<Result<(), LibraryError>>) {
    match Session::open(chdb, arguments) {
        Ok(mut session) => {
            // The receiver outlives all sends: Pool::open waits for every one of them.
            let _ = opened.send(Ok(()));
            while let Ok(call) = queue.recv() {
                session.run(call);
            }
        }
        Err(error) => {
            let _ = opened.send(Err(error));
        }
    }
}
