//! Progress of an import, on standard error.

use std::{
    io::{IsTerminal, stderr},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::import::{ledger::State, send::Receipt};

/// Between two lines where nobody looks at a terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// How far, how fast, how long still.
pub struct Bar {
    bar: ProgressBar,
    began: Instant,
    told: Instant,
    rows: u64,
    length: u64,
    lines: bool,
}

impl Bar {
    /// Up to `length` (bytes on disk, or rows of a sheet).
    pub fn new(length: u64) -> Self {
        let lines = !stderr().is_terminal();
        let bar = if lines { ProgressBar::hidden() } else { ProgressBar::new(length) };
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3}%  {msg}  还要 {eta}") {
            bar.set_style(style);
        }
        Self { bar, began: Instant::now(), told: Instant::now(), rows: 0, length, lines }
    }

    /// After `receipt`, with the totals of `state`.
    pub fn advance(&mut self, receipt: &Receipt, state: &State) {
        self.rows += receipt.rows;
        let rate = self.rate();
        let told = format!("已接受 {}，拒绝 {}，{rate:.0} 行/秒", state.accepted, state.refused);
        if self.lines {
            if self.told.elapsed() >= LINE_EVERY {
                self.told = Instant::now();
                let percent = receipt.upto * 100 / self.length.max(1);
                eprintln!("{percent}%  {told}");
            }
        } else {
            self.bar.set_position(receipt.upto);
            self.bar.set_message(told);
        }
    }

    /// Rows a second since the beginning.
    pub fn rate(&self) -> f64 {
        self.rows as f64 / self.seconds().max(1e-3)
    }

    /// Seconds since the beginning.
    pub fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// Takes the bar from the screen.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
