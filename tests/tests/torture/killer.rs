//! kill -9 of the server, of the engine or of the broker, at moments that nobody could choose.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tingjian_tests::{Broker, Sandbox, wait_until};

use super::{books::Killed, load::Load};

/// Acknowledged posts between two kills, at most.
const POSTS_BETWEEN: u64 = 40;
/// Of the kills, those that hit the engine alone.
const ENGINE: f64 = 0.5;
/// Of the kills, those that hit the broker, where there is one.
const BROKER: f64 = 0.3;
/// Of the kills, those that come whatever state the server is in, also while it starts; the others wait until it is ready.
const ANY_STATE: f64 = 0.3;

pub struct Killer<'l> {
    dice: ChaCha8Rng,
    load: &'l Load,
    broker: Option<&'l mut Broker>,
}

impl<'l> Killer<'l> {
    /// Kills the broker, too, where there is one.
    pub fn new(seed: u64, load: &'l Load, broker: Option<&'l mut Broker>) -> Self {
        Self { dice: ChaCha8Rng::seed_from_u64(seed), load, broker }
    }

    /// Kills `kills` times; afterwards the server runs.
    pub fn kill(&mut self, sandbox: &mut Sandbox, kills: u64) -> Killed {
        let mut killed = Killed::default();
        while killed.server + killed.engine + killed.broker < kills {
            if !self.dice.random_bool(ANY_STATE) {
                sandbox.wait_ready();
            }
            let from = self.load.acknowledged() + self.dice.random_range(1..=POSTS_BETWEEN);
            wait_until("posts to be acknowledged", || (self.load.acknowledged() >= from).then_some(()));
            // At the latest by the last kill the broker has had its turn.
            let is_last = killed.server + killed.engine + killed.broker + 1 == kills;
            let is_broker = self.dice.random_bool(BROKER) || (is_last && killed.broker == 0);
            if let Some(broker) = self.broker.as_mut().filter(|_| is_broker) {
                broker.kill();
                broker.restart();
                killed.broker += 1;
            } else if self.dice.random_bool(ENGINE) {
                // Without an engine at this moment the dice are thrown again.
                killed.engine += u64::from(sandbox.kill_engine());
            } else {
                sandbox.kill();
                sandbox.restart();
                killed.server += 1;
            }
        }
        killed
    }
}
