//! Clients that send while something is killed.

use std::{env, thread};

use tingjian_tests::{Broker, Sandbox};

use super::{
    books::Books,
    killer::Killer,
    load::{Load, send_until_stopped},
};

/// Clients that send at the same time.
const CLIENTS: u64 = 2;

/// A number from the environment.
pub fn setting(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// Kills `kills` times under load, the broker too where there is one; afterwards everything has settled. What was acknowledged.
pub fn kill_under_load(sandbox: &mut Sandbox, broker: Option<&mut Broker>, kills: u64, seed: u64) -> Books {
    let load = Load::new(sandbox.client());
    let books = thread::scope(|scope| {
        let send = |number| {
            let load = &load;
            scope.spawn(move || send_until_stopped(load, number, seed))
        };
        let clients: Vec<_> = (0..CLIENTS).map(send).collect();
        let stop = load.stop_when_dropped();
        let killed = Killer::new(seed, &load, broker).kill(sandbox, kills);
        drop(stop);
        let books = clients.into_iter().map(|client| client.join().expect("a client"));
        books.fold(Books { killed, ..Books::default() }, Books::merge)
    });
    sandbox.wait_ready();
    sandbox.settle();
    books
}
