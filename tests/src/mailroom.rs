//! A real SMTP server (aiosmtpd) that tells what it took.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{certificates::certificates, python_programs, wait_until};

/// How its connections are kept from others' eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// Not at all.
    Plain,
    /// After the greeting.
    Starttls,
    /// From the first byte.
    Tls,
}

/// The server; ends when dropped.
pub struct Mailroom {
    child: Child,
    said: Arc<Mutex<Vec<Value>>>,
    folder: TempDir,
    port: u64,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

impl Mailroom {
    /// Starts one; `login` is `USER:PASSWORD`, which it then asks for.
    pub fn start(wire: Wire, login: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new(python_programs("mail").join("python"));
        command.arg(root().join("tests/mail/server.py"));
        command.arg(match wire {
            Wire::Plain => "plain",
            Wire::Starttls => "starttls",
            Wire::Tls => "tls",
        });
        if wire != Wire::Plain {
            certificates(folder.path());
            command.arg("--cert").arg(folder.path().join("cert.pem")).arg("--key").arg(folder.path().join("key.pem"));
        }
        if let Some(login) = login {
            command.args(["--login", login]);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the mail server starts");
        let lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
        let said: Arc<Mutex<Vec<Value>>> = Arc::default();
        let keeping = Arc::clone(&said);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                keeping.lock().expect("said").push(serde_json::from_str(&line).expect("JSON"));
            }
        });
        let port = wait_until("the mail server", || said.lock().expect("said").first()?["port"].as_u64());
        Self { child, said, folder, port }
    }

    /// Where it listens, on `localhost`.
    pub fn port(&self) -> u64 {
        self.port
    }

    /// The certificate of the authority that signed its own.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Everything it has said so far.
    pub fn said(&self) -> Vec<Value> {
        self.said.lock().expect("said").clone()
    }

    /// The letters it took.
    pub fn letters(&self) -> Vec<Value> {
        self.said().into_iter().filter(|line| line["message_id"].is_string()).collect()
    }

    /// How often a mailbox was asked for.
    pub fn asked_for(&self, mailbox: &str) -> usize {
        self.said().iter().filter(|line| line["asked"] == mailbox).count()
    }
}

impl Drop for Mailroom {
    fn drop(&mut self) {
        // Ended already is as good as killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
