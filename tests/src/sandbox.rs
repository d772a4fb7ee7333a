//! The real server as a child process on a folder of its own.

use std::{
    env,
    ffi::OsString,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex, RwLock, mpsc},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::Client;

/// Longest wait for anything the server has to do.
const DEADLINE: Duration = Duration::from_secs(120);
/// Between two looks.
const LOOK_INTERVAL: Duration = Duration::from_millis(25);
/// Lines of the server's log shown when a test fails.
const LOG_LINES_SHOWN: usize = 40;

/// Looks until `found` gives something; panics, saying what it waited for, when that takes too long.
pub fn wait_until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    wait_for(what, || found().ok_or_else(String::new))
}

/// The same; the panic also tells what stood in the way at the last look.
fn wait_for<T>(what: &str, mut found: impl FnMut() -> Result<T, String>) -> T {
    let begun = Instant::now();
    loop {
        match found() {
            Ok(found) => return found,
            Err(instead) => assert!(begun.elapsed() < DEADLINE, "waited in vain for {what} {instead}"),
        }
        thread::sleep(LOOK_INTERVAL);
    }
}

fn sinks(status: &Value) -> Vec<Value> {
    status["sinks"].as_array().cloned().unwrap_or_default()
}

/// A server and its folder. Dropped, the server is killed and the folder removed.
pub struct Sandbox {
    folder: PathBuf,
    own: Option<TempDir>,
    address: Arc<RwLock<String>>,
    environment: Vec<(OsString, OsString)>,
    server: Option<Server>,
}

struct Server {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Sandbox {
    /// A ready server on a new folder.
    pub fn start() -> Self {
        let own = tempfile::tempdir().expect("a temporary folder");
        let folder = own.path().join("data");
        let mut sandbox = Self::at(&folder, &[]);
        sandbox.own = Some(own);
        sandbox.wait_ready();
        sandbox
    }

    /// A server on a new folder, with further environment variables; listening, perhaps not yet ready.
    pub fn with(environment: &[(&str, &str)]) -> Self {
        let own = tempfile::tempdir().expect("a temporary folder");
        let folder = own.path().join("data");
        let mut sandbox = Self::at(&folder, environment);
        sandbox.own = Some(own);
        sandbox
    }

    /// A server on `folder`, with further environment variables; listening, perhaps not yet ready.
    pub fn at(folder: &Path, environment: &[(&str, &str)]) -> Self {
        let mut sandbox = Self {
            folder: folder.to_owned(),
            own: None,
            address: Arc::default(),
            environment: environment.iter().map(|(name, value)| (name.into(), value.into())).collect(),
            server: None,
        };
        sandbox.restart();
        sandbox
    }

    /// `host:port` where it listens; `None` while it does not run.
    pub fn address(&self) -> Option<String> {
        let address = self.address.read().expect("address").clone();
        self.server.as_ref().map(|_| address.trim_start_matches("http://").to_owned())
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A client with the administrator's token; it follows the server to a new port.
    pub fn client(&self) -> Client {
        let token = fs::read_to_string(self.folder.join("admin.token")).expect("admin.token");
        Client::new(Arc::clone(&self.address), Some(token.trim().to_owned()))
    }

    /// Starts the server on the same folder and waits until it listens.
    pub fn restart(&mut self) {
        assert!(self.server.is_none(), "the server runs already");
        let (server, listening) = Server::spawn(&self.folder, &self.environment);
        self.server = Some(server);
        let address = listening.recv_timeout(DEADLINE);
        *self.address.write().expect("address") = address.expect("the server did not start to listen");
    }

    /// Waits until `/health` says ready.
    pub fn wait_ready(&self) {
        let client = self.client();
        wait_for("/health to be ready; it says", || match client.try_get("/health", &[]) {
            Ok(answer) if answer.status == 200 => Ok(()),
            answer => Err(answer.map_or_else(|error| error.0, |answer| answer.text())),
        });
    }

    /// SIGSTOP of the server: it is frozen until [`Sandbox::thaw`].
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// SIGCONT of the server.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let server = self.server.as_ref().expect("a running server");
        kill_process(Pid::from_child(&server.child), signal).expect("a signal");
    }

    /// Waits until both sinks hold everything that was accepted, as long as they get on.
    pub fn settle(&self) {
        let client = self.client();
        let (mut last, mut since) = (String::new(), Instant::now());
        loop {
            let answer = client.try_get("/api/v1/status", &[]).map(|answer| answer.json());
            let sinks = answer.as_ref().map_or_else(|_| Vec::new(), sinks);
            if !sinks.is_empty() && sinks.iter().all(|sink| sink["lag_records"] == 0) {
                return;
            }
            let seen = format!("{sinks:?}");
            if seen != last {
                (last, since) = (seen, Instant::now());
            }
            assert!(since.elapsed() < DEADLINE, "the sinks stand still: {answer:?}");
            thread::sleep(LOOK_INTERVAL);
        }
    }

    /// The server's process, and its engine's where it has one.
    pub fn processes(&self) -> Vec<u32> {
        let server = self.server.as_ref().expect("a running server").child.id();
        let engine = engine_of(server).map(|engine| engine.as_raw_nonzero().get().unsigned_abs());
        std::iter::once(server).chain(engine).collect()
    }

    /// The most memory the server's process has held resident, bytes.
    pub fn peak_bytes(&self) -> u64 {
        let server = self.server.as_ref().expect("a running server").child.id();
        let status = fs::read_to_string(format!("/proc/{server}/status")).expect("a status");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
        let kib: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
        kib << 10
    }

    /// kill -9 of the server.
    pub fn kill(&mut self) {
        let mut server = self.server.take().expect("a running server");
        server.child.kill().expect("kill");
        server.child.wait().expect("wait");
    }

    /// kill -9 of the engine's child process; `false` when there is none at the moment.
    pub fn kill_engine(&self) -> bool {
        let server = self.server.as_ref().expect("a running server").child.id();
        engine_of(server).is_some_and(|engine| kill_process(engine, Signal::KILL).is_ok())
    }

    /// Asks the server to stop (SIGTERM) and waits for its end.
    pub fn stop(&mut self) -> ExitStatus {
        let mut server = self.server.take().expect("a running server");
        kill_process(Pid::from_child(&server.child), Signal::TERM).expect("SIGTERM");
        wait_until("the server to stop", || server.child.try_wait().expect("wait"))
    }

    /// Runs another subcommand on the same folder, which must succeed; returns what it printed.
    pub fn command(&self, arguments: &[&str]) -> String {
        let output = Command::new(program()).args(arguments).arg("--data-dir").arg(&self.folder).output();
        let output = output.expect("the program starts");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// What the server wrote to its standard error.
    pub fn log(&self) -> String {
        self.server.as_ref().map(|server| server.log.lock().expect("log").join("\n")).unwrap_or_default()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().rev().take(LOG_LINES_SHOWN).collect();
            eprintln!("--- the server's last lines ---");
            lines.iter().rev().for_each(|line| eprintln!("{line}"));
        }
        if let Some(mut server) = self.server.take() {
            let engine = engine_of(server.child.id());
            // Ended already is as good as killed.
            let _ = server.child.kill();
            let _ = server.child.wait();
            if let Some(engine) = engine {
                let _ = kill_process(engine, Signal::KILL);
            }
        }
        // Only now: a living server would write into the folder while it is being removed.
        drop(self.own.take());
    }
}

impl Server {
    /// Starts the program; the receiver gets the address it announces.
    fn spawn(folder: &Path, environment: &[(OsString, OsString)]) -> (Self, mpsc::Receiver<String>) {
        // Where others must know the address beforehand, the environment says it.
        let named = environment.iter().find(|(name, _)| name == "TINGJIAN_SERVER_LISTEN");
        let listen = named.map_or_else(|| "127.0.0.1:0".into(), |(_, listen)| listen.to_string_lossy());
        let mut child = command(folder, &listen, environment).spawn().expect("the server starts");
        let stderr = BufReader::new(child.stderr.take().expect("stderr"));
        let (announce, listening) = mpsc::channel();
        let log = Arc::new(Mutex::new(Vec::new()));
        let writing = Arc::clone(&log);
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("已启动：") {
                    // Nobody may wait any more.
                    let _ = announce.send(address.trim().to_owned());
                }
                writing.lock().expect("log").push(line);
            }
        });
        (Self { child, log }, listening)
    }
}

fn command(folder: &Path, listen: &str, environment: &[(OsString, OsString)]) -> Command {
    let mut command = Command::new(program());
    command.args(["serve", "--listen", listen, "--data-dir"]).arg(folder);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Runs a subcommand to its end.
pub fn run_program(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(program());
    command.args(arguments).envs(environment.iter().copied()).stdin(Stdio::null());
    command.output().expect("the program starts")
}

/// Starts a server that is expected to refuse; returns what it said.
pub fn refused_start(folder: &Path, listen: &str) -> String {
    refused_with(folder, listen, &[])
}

/// The same with further environment variables.
pub fn refused_with(folder: &Path, listen: &str, environment: &[(&str, &str)]) -> String {
    let environment: Vec<_> = environment.iter().map(|(name, value)| (name.into(), value.into())).collect();
    let mut child = command(folder, listen, &environment).spawn().expect("the server starts");
    let stderr = child.stderr.take().expect("stderr");
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().expect("wait") {
            Some(status) => break status,
            None if begun.elapsed() < DEADLINE => thread::sleep(LOOK_INTERVAL),
            None => {
                child.kill().expect("kill");
                panic!("the server runs on {} at {listen}", folder.display());
            }
        }
    };
    assert_eq!(status.code(), Some(1), "a refusal, not a crash");
    std::io::read_to_string(stderr).expect("stderr")
}

/// Runs `tingjian` against the server of this client, which must succeed; returns what it printed.
pub fn run_client(client: &Client, arguments: &[&str]) -> String {
    let mut command = Command::new(program().with_file_name("tingjian"));
    command.args(arguments).env("TINGJIAN_URL", client.address()).env("TINGJIAN_TOKEN", client.token());
    let output = command.stdin(Stdio::null()).output().expect("the command starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The program stands beside the tests: `TARGET/PROFILE/deps/test` → `TARGET/PROFILE/tingjian-server`.
pub(crate) fn program() -> PathBuf {
    let test = env::current_exe().expect("the test's own path");
    let program = test.parent().and_then(Path::parent).expect("the build folder").join("tingjian-server");
    assert!(program.is_file(), "{} is missing: run `make test`, which builds it", program.display());
    program
}

/// The engine's process: a child of the server whose first argument is `engine`.
fn engine_of(server: u32) -> Option<Pid> {
    let processes = fs::read_dir("/proc").ok()?.filter_map(Result::ok);
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    ids.filter(|id| parent(*id) == Some(server) && is_engine(*id)).find_map(Pid::from_raw)
}

fn parent(process: i32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in brackets may hold anything; state and parent follow its last bracket.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn is_engine(process: i32) -> bool {
    let line = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    line.split(|byte| *byte == 0).nth(1) == Some(b"engine")
}
