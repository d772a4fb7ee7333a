//! Starts the real engine in a folder of its own and talks to it.
#![allow(dead_code, reason = "every test file uses its part")]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use clickhouse::{Client, Compression};

/// The token of every engine in these tests.
pub const TOKEN: &str = "a-token-for-tests";

/// Longest time any step of a test may take.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A running engine. Killed when dropped.
pub struct Engine {
    child: Child,
    input: Option<ChildStdin>,
    /// `http://127.0.0.1:PORT`.
    pub url: String,
}

/// The engine's program with its environment on a free port, not started yet.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    command_on("127.0.0.1:0", folder, arguments)
}

/// The same on a port of one's own.
pub fn command_on(address: &str, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tingjian-engine"));
    command
        .arg("--path")
        .arg(folder)
        .args(["--listen", address])
        .args(arguments)
        .env("TINGJIAN_ENGINE_TOKEN", TOKEN)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs an engine that is expected to end by itself.
pub fn run_to_end(mut command: Command) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = command.output().expect("the engine's program runs");
    (status.code(), String::from_utf8_lossy(&stderr).into_owned())
}

impl Engine {
    /// Starts an engine on `folder` and waits until it serves.
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = command(folder, arguments).spawn().expect("the engine's program runs");
        let input = child.stdin.take();
        let mut line = String::new();
        let output = child.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut line).expect("readable output");
        let Some(url) = line.trim().strip_prefix("tingjian-engine ready on ") else {
            let mut said = String::new();
            let _ = child.stderr.take().expect("piped").read_to_string(&mut said);
            panic!("the engine did not start ({}): {said}", child.wait().expect("waited"));
        };
        Self { url: url.to_owned(), child, input }
    }

    /// The official client, connected.
    pub fn client(&self) -> Client {
        Client::default()
            .with_url(&self.url)
            .with_user("default")
            .with_password(TOKEN)
            .with_compression(Compression::None)
    }

    /// The process id.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).expect("a pid")
    }

    /// Closes the engine's standard input, as a parent's death does, and waits for its end.
    pub fn orphan(mut self) -> ExitStatus {
        drop(self.input.take());
        self.wait()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(self.pid()).expect("a pid");
        rustix::process::kill_process(pid, signal).expect("alive");
    }

    /// Kills the engine without warning and waits for its end.
    pub fn kill(mut self) -> ExitStatus {
        self.child.kill().expect("alive");
        self.wait()
    }

    /// Waits for the end, but not for ever.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("waited") {
                return status;
            }
            assert!(Instant::now() < deadline, "the engine does not end");
            std::thread::yield_now();
        }
    }

    /// A request to `/` with the token.
    pub fn post(&self, url_parameters: &[(&str, &str)], body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        reqwest::Client::new()
            .post(&self.url)
            .query(url_parameters)
            .header("X-ClickHouse-Key", TOKEN)
            .timeout(PATIENCE)
            .body(body)
    }

    /// Runs a statement sent as a POST body; the text of its answer, which has to be good.
    pub async fn ask(&self, sql: &str) -> String {
        let answer = Answer::of(self.post(&[], sql.to_owned())).await;
        assert_eq!(answer.status, 200, "{sql}: {}", answer.text);
        answer.text.trim_end_matches('\n').to_owned()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back over HTTP.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: reqwest::header::HeaderMap,
    /// Its body.
    pub text: String,
}

impl Answer {
    /// Sends a request and reads all of the response.
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("a response");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        Self { status, headers, text }
    }

    /// A header as text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

/// A folder that is deleted at the end of the test, and a data folder inside it that does not exist yet.
pub fn folder() -> (tempfile::TempDir, PathBuf) {
    let parent = tempfile::tempdir().expect("a temporary folder");
    let data = parent.path().join("data");
    (parent, data)
}
