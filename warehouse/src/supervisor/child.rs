//! One process of the engine.

use std::{
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, ChildStdin, Command},
    task::JoinHandle,
    time::timeout,
};

use super::{EngineCommand, EngineState, ending::Ending};
use crate::{Credentials, Endpoint};

/// The variable in which the engine takes its token: an argument would be there for every user of the machine to read.
const TOKEN_VARIABLE: &str = "TINGJIAN_ENGINE_TOKEN";
/// A free loopback port, which the engine announces: nobody can take it between a choice of ours and its start.
const LISTEN: &str = "127.0.0.1:0";
/// The line on standard output by which the engine says that it serves, before the URL.
const ANNOUNCEMENT: &str = "tingjian-engine ready on ";
/// Random bytes in a token.
const TOKEN_BYTES: usize = 32;
/// How long the rest of an ended engine's words is waited for.
const LAST_WORDS_WITHIN: Duration = Duration::from_secs(2);

/// A running engine. Dropped, it notices the end of its standard input and ends in order by itself.
pub(super) struct Engine {
    child: Child,
    /// Held open: its end tells the engine to end.
    stdin: Option<ChildStdin>,
    token: String,
    pid: u32,
    last_words: Arc<Mutex<String>>,
    listener: Option<JoinHandle<()>>,
}

impl Engine {
    pub fn spawn(command: &EngineCommand) -> Result<Self, Ending> {
        let token = random_token().map_err(Ending::NoToken)?;
        let spawned = Command::new(&command.program)
            .args(&command.args)
            .arg("--path")
            .arg(&command.data_dir)
            .args(["--listen", LISTEN])
            .env(TOKEN_VARIABLE, &token)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let not_spawned = |error| Ending::NotSpawned { program: command.program.display().to_string(), error };
        let mut child = spawned.map_err(not_spawned)?;
        let last_words = Arc::new(Mutex::new(String::new()));
        let listener = child.stderr.take().map(|stderr| tokio::spawn(pass_on(stderr, Arc::clone(&last_words))));
        let (stdin, pid) = (child.stdin.take(), child.id().unwrap_or_default());
        Ok(Self { child, stdin, token, pid, last_words, listener })
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until it answers; an engine that does not in time is killed.
    pub async fn wait_ready(&mut self, within: Duration) -> Result<EngineState, Ending> {
        let Some(stdout) = self.child.stdout.take() else { return Err(self.wait_end().await) };
        let mut lines = BufReader::new(stdout).lines();
        let announced = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(url) = line.strip_prefix(ANNOUNCEMENT) {
                    return Some(url.trim().to_owned());
                }
            }
            None
        };
        match timeout(within, announced).await {
            Ok(Some(url)) => {
                // Read to the end: a full pipe would stop the engine.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                let credentials = Credentials { user: String::new(), password: self.token.clone() };
                Ok(EngineState::Ready { endpoint: Endpoint { urls: vec![url], credentials }, pid: self.pid })
            }
            Ok(None) => Err(self.wait_end().await),
            Err(_) => {
                self.kill().await;
                Err(Ending::Silent(within))
            }
        }
    }

    /// Waits for its end.
    pub async fn wait_end(&mut self) -> Ending {
        match self.child.wait().await {
            Ok(status) => self.exited(status).await,
            Err(error) => Ending::Lost(error),
        }
    }

    /// Asks it to end, and kills it if it does not in time.
    pub async fn shutdown(&mut self, within: Duration) {
        drop(self.stdin.take());
        if timeout(within, self.child.wait()).await.is_err() {
            tracing::warn!(pid = self.pid, "embedded engine did not end within {} s, killing it", within.as_secs());
            self.kill().await;
        }
    }

    async fn kill(&mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::warn!(pid = self.pid, %error, "embedded engine could not be killed");
        }
    }

    async fn exited(&mut self, status: ExitStatus) -> Ending {
        if let Some(listener) = self.listener.take() {
            let _ = timeout(LAST_WORDS_WITHIN, listener).await;
        }
        let last_words = self.last_words.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ending::Exited { status, last_words }
    }
}

/// Passes the engine's standard error on to the log and remembers its last line.
async fn pass_on(stderr: impl AsyncRead + Unpin, last_words: Arc<Mutex<String>>) {
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if !line.trim().is_empty() {
            tracing::info!(target: "tingjian_engine", "{line}");
            *last_words.lock().unwrap_or_else(PoisonError::into_inner) = line;
        }
    }
}

fn random_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; TOKEN_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
