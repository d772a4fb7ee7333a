//! The life of the process: take the folder and the port, boot the engine, serve, finish what runs, close, leave.

use std::convert::Infallible;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;

use crate::args::EngineArgs;
use crate::chdb::{self, Chdb, LibraryError};
use crate::folder::{Folder, FolderError};
use crate::library::Missing;
use crate::parent::Farewell;
use crate::pool::Pool;
use crate::service::Service;
use crate::{engine, exit, library, parent};

/// The variable that holds the parent's token.
pub const TOKEN_VARIABLE: &str = "TINGJIAN_ENGINE_TOKEN";

/// Time that running statements have to finish after SIGTERM or SIGINT.
const GRACE: Duration = Duration::from_secs(20);

/// The same after the parent has gone: nobody waits for an answer, and the next parent wants the folder.
const ORPHAN_GRACE: Duration = Duration::from_secs(3);

/// Time that is left at the end for what has been cancelled to stop.
const CLOSING: Duration = Duration::from_secs(2);

/// Time for a client to send its request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Pause after a failed `accept` (too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the engine did not run, or did not end in order.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No token in the environment.
    #[error("the environment variable {TOKEN_VARIABLE} is empty or not set; the parent has to choose a token")]
    NoToken,
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The port.
    #[error("地址 {address} 已被占用。The address {address} is in use.")]
    AddressInUse {
        /// The address.
        address: SocketAddr,
    },
    /// The library is nowhere.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// The library does not load.
    #[error("{0}")]
    Unloadable(LibraryError),
    /// The engine does not start.
    #[error("嵌入式引擎无法在 {path} 上启动：{error}。The embedded engine did not start on {path}: {error}.")]
    NotStarted {
        /// The data folder.
        path: PathBuf,
        /// What the library said.
        error: LibraryError,
    },
    /// Something of the operating system.
    #[error("{0}")]
    System(#[from] io::Error),
}

impl Failure {
    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoToken => exit::USAGE,
            Self::Folder(FolderError::Held { .. }) => exit::FOLDER_HELD,
            Self::Folder(FolderError::Unusable { .. }) => exit::FOLDER_UNUSABLE,
            Self::AddressInUse { .. } => exit::ADDRESS_IN_USE,
            Self::Missing(_) | Self::Unloadable(_) => exit::NO_LIBRARY,
            Self::NotStarted { .. } | Self::System(_) => exit::INTERNAL,
        }
    }
}

/// Runs the engine from start to end. Returns only if it did not start: at the end it leaves the process (see
/// [`chdb::leave`]).
///
/// # Errors
/// [`Failure`], with an exit code for each kind.
pub fn run(args: &EngineArgs) -> Result<Infallible, Failure> {
    let token = std::env::var(TOKEN_VARIABLE).unwrap_or_default();
    if token.is_empty() {
        return Err(Failure::NoToken);
    }
    parent::stand_alone();
    let folder = Folder::hold(&args.path)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = runtime.block_on(listen(args.listen))?;
    let chdb = Chdb::load(&library::find(args.library.as_deref())?).map_err(Failure::Unloadable)?;
    let arguments = engine::arguments(args, &folder)?;
    let pool = Pool::open(&chdb, &arguments, usize::from(args.connections))
        .map_err(|error| Failure::NotStarted { path: folder.path.clone(), error })?;
    tracing::info!(version = chdb.version(), folder = %folder.path.display(), "engine started");

    let service = Service { entrance: pool.entrance(), token: token.into(), max_body_bytes: args.max_body_bytes };
    let served = runtime.block_on(serve(listener, service));
    let deadline = served.as_ref().map_or_else(|_| Instant::now(), |deadline| *deadline) + CLOSING;
    // Drops every task, and with the tasks every way into the pool.
    runtime.shutdown_timeout(CLOSING);
    let closed = pool.close(deadline);
    drop(folder);
    match (served, closed) {
        (Ok(_), true) => chdb::leave(exit::OK),
        (Ok(_), false) => tracing::error!("statements did not end in time; leaving without them"),
        (Err(error), _) => tracing::error!(%error, "the engine cannot serve"),
    }
    chdb::leave(exit::INTERNAL)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => Failure::AddressInUse { address },
        _ => Failure::System(error),
    })
}

/// Accepts and serves until it is time to leave, then lets running requests finish. Returns the time by which statements
/// that run without a client have to end, too.
async fn serve(listener: TcpListener, service: Service) -> io::Result<Instant> {
    announce(listener.local_addr()?);
    let graceful = GracefulShutdown::new();
    let mut farewell = std::pin::pin!(parent::farewell());
    let farewell = loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true);
                    let connection = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(HEAD_TIMEOUT)
                        .serve_connection(TokioIo::new(stream), handler(service.clone()));
                    let connection = graceful.watch(connection);
                    tokio::spawn(async move {
                        if let Err(error) = connection.await {
                            tracing::debug!(%error, "a client's connection ended early");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            farewell = &mut farewell => break farewell?,
        }
    };
    tracing::info!(?farewell, "engine leaves");
    drop(listener);
    let grace = if farewell == Farewell::ParentGone { ORPHAN_GRACE } else { GRACE };
    let deadline = Instant::now() + grace;
    if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still running after {grace:?}");
    }
    Ok(deadline)
}

fn handler(
    service: Service,
) -> impl hyper::service::Service<
    hyper::Request<hyper::body::Incoming>,
    Response = hyper::Response<crate::answer::AnswerBody>,
    Error = std::convert::Infallible,
    Future: Send,
> {
    service_fn(move |request| service.clone().handle(request))
}

/// One line on standard output: the parent may read the port from it, and knows that we serve.
fn announce(address: SocketAddr) {
    let mut output = io::stdout().lock();
    // A parent that has closed our output is not interested.
    let _ = writeln!(output, "tingjian-engine ready on http://{address}").and_then(|()| output.flush());
}
