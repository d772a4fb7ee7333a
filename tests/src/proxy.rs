//! Between a server and what it depends on: passes bytes on until it is told to be a bad network.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::Duration,
};

/// Bytes passed on at a time.
const CHUNK_BYTES: usize = 64 << 10;
/// Where a request to ClickHouse begins.
const QUERY: &[u8] = b"POST /?";

/// What happens to bytes on their way.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Weather {
    /// They are passed on.
    #[default]
    Fair,
    /// Connections stay open and nothing comes through.
    Stalled,
    /// Every piece takes this long.
    Slow(Duration),
    /// Requests to ClickHouse carry this setting, too: what the engine then refuses, it refuses itself.
    Setting(&'static str),
}

/// A TCP proxy on a port of its own. Closes every connection when dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: SocketAddr,
    weather: Mutex<Weather>,
    changed: Condvar,
    /// Both ends of every connection.
    open: Mutex<Vec<TcpStream>>,
    closed: Mutex<bool>,
}

impl Proxy {
    /// A proxy before a port of this machine, where perhaps nobody listens yet.
    pub fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            upstream: SocketAddr::from(([127, 0, 0, 1], port)),
            weather: Mutex::default(),
            changed: Condvar::new(),
            open: Mutex::default(),
            closed: Mutex::default(),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &accepting));
        Self { address, shared }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What happens to bytes from now on.
    pub fn set(&self, weather: Weather) {
        *held(&self.shared.weather) = weather;
        self.shared.changed.notify_all();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        *held(&self.shared.closed) = true;
        self.set(Weather::Fair);
        held(&self.shared.open).drain(..).for_each(|end| drop(end.shutdown(Shutdown::Both)));
        // Wakes the thread that accepts; away already is as good.
        drop(TcpStream::connect(self.address));
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("a proxy's thread panicked")
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        if *held(&shared.closed) {
            return;
        }
        // A client that cannot be passed on is hung up on, as by a network.
        let (Ok(client), Ok(server)) = (client, TcpStream::connect(shared.upstream)) else { continue };
        let both = || Some([client.try_clone().ok()?, server.try_clone().ok()?]);
        let (Some(ends), Some([client_too, server_too])) = (both(), both()) else { continue };
        held(&shared.open).extend(ends);
        for (from, to) in [(client, server), (server_too, client_too)] {
            let shared = Arc::clone(shared);
            thread::spawn(move || pass(from, to, &shared));
        }
    }
}

/// One direction of a connection, to its end.
fn pass(mut from: TcpStream, mut to: TcpStream, shared: &Shared) {
    let mut chunk = vec![0; CHUNK_BYTES];
    while let Ok(count) = from.read(&mut chunk) {
        let bytes = &chunk[..count];
        let sent = match (count, weather(shared)) {
            (0, _) => break,
            (_, Weather::Setting(setting)) if bytes.starts_with(QUERY) => {
                to.write_all(&[QUERY, setting.as_bytes(), b"&", &bytes[QUERY.len()..]].concat())
            }
            (_, Weather::Slow(time)) => {
                thread::sleep(time);
                to.write_all(bytes)
            }
            _ => to.write_all(bytes),
        };
        if sent.is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// The weather, once anything gets through.
fn weather(shared: &Shared) -> Weather {
    let weather = held(&shared.weather);
    let passing = shared.changed.wait_while(weather, |weather| *weather == Weather::Stalled);
    passing.expect("a proxy's thread panicked").clone()
}
