//! What stands at the other end of a channel: keeps every request and answers as it is told.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Got {
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// As it was sent.
    pub body: String,
}

/// Answers each request with the next of its answers, the last one again and again.
pub struct Receiver {
    /// Where it listens: `http://ADDRESS:PORT`.
    pub address: String,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Receiver {
    /// Starts one.
    pub fn start(answers: &'static [(u16, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a receiver");
        let address = format!("http://{}", listener.local_addr().expect("a receiver"));
        let got: Arc<Mutex<Vec<Got>>> = Arc::default();
        let keeping = Arc::clone(&got);
        thread::spawn(move || {
            for mut stream in listener.incoming().filter_map(Result::ok) {
                let Some(request) = read(&mut stream) else { continue };
                // Kept before it is answered: whoever sent it may look at once.
                let mut got = keeping.lock().expect("a receiver");
                let (status, body) = answers[got.len().min(answers.len() - 1)];
                got.push(request);
                let answer =
                    format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
                // Whoever went away needs no answer.
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { address, got }
    }

    /// Everything it got so far.
    pub fn got(&self) -> Vec<Got> {
        self.got.lock().expect("a receiver").clone()
    }
}

fn read(stream: &mut TcpStream) -> Option<Got> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 8192]);
    let (head, length) = loop {
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        break (head.to_owned(), length.unwrap_or(0));
    };
    while bytes.len() < head.len() + 4 + length {
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
    }
    let mut lines = head.lines();
    let target = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers =
        lines.filter_map(|line| line.split_once(": ")).map(|(n, v)| (n.to_lowercase(), v.to_owned())).collect();
    Some(Got { target, headers, body: String::from_utf8(bytes[head.len() + 4..].to_vec()).ok()? })
}
