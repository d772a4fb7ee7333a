//! An engine process of its own: what a ClickHouse server elsewhere is to the servers under test.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::sandbox::program;

/// What servers show to the engine.
pub const ENGINE_TOKEN: &str = "engine-token-of-the-tests";

/// A ClickHouse over HTTP that several servers use. Killed when dropped.
pub struct Engine {
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl Engine {
    /// A ready engine on a new folder and a free port.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        std::fs::write(folder.path().join("password"), ENGINE_TOKEN).expect("the password file");
        let mut engine = Self { folder, port, child: None };
        engine.restart();
        engine
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Asks it itself, past every server; the answer's lines.
    pub fn lines(&self, sql: &str) -> Vec<String> {
        let request = ureq::post(self.url()).header("X-ClickHouse-Key", ENGINE_TOKEN);
        let mut answer = request.query("database", "tingjian").send(sql).expect("an answer of the engine");
        answer.body_mut().read_to_string().expect("text").lines().map(str::to_owned).collect()
    }

    /// Moves a backup it made to where another one finds it.
    pub fn give_backup(&self, name: &str, to: &Self) {
        let place = |engine: &Self| engine.folder.path().join("data").join("backups");
        std::fs::create_dir_all(place(to)).expect("the folder of backups");
        std::fs::rename(place(self).join(name), place(to).join(name)).expect("a backup");
    }

    /// The file with its password.
    pub fn password_file(&self) -> PathBuf {
        self.folder.path().join("password")
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.as_ref().expect("a running engine").id()
    }

    /// kill -9.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("a running engine");
        child.kill().expect("kill");
        child.wait().expect("wait");
    }

    /// SIGSTOP: connections stay open and nothing answers.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// SIGCONT.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let child = self.child.as_ref().expect("a running engine");
        kill_process(Pid::from_child(child), signal).expect("a signal");
    }

    /// Starts it on the same folder and port, and waits until it is ready.
    pub fn restart(&mut self) {
        assert!(self.child.is_none(), "the engine runs already");
        let mut command = Command::new(program());
        command.arg("engine").args(["--listen", &format!("127.0.0.1:{}", self.port), "--path"]);
        command.arg(self.folder.path().join("data")).env("TINGJIAN_ENGINE_TOKEN", ENGINE_TOKEN);
        // It lives as long as the other end of its standard input.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the engine starts");
        let mut line = String::new();
        let read = BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut line);
        assert!(read.is_ok() && line.contains("ready"), "the engine is not ready: {line:?}");
        self.child = Some(child);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
    }
}
