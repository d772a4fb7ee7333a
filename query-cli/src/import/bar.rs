//! Progress of an import, on standard error.

use std::{
    io::{IsTerminal, stderr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    client::ClientError,
    import::{ledger::State, send::Receipt},
};

/// Between two lines where nobody looks at a terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Between two lines that say that the server is waited for.
const WAITING_EVERY: Duration = Duration::from_secs(5);

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

    /// What tells, from any thread, that the server is waited for.
    pub fn waiting(&self) -> Waiting {
        Waiting { bar: self.bar.clone(), lines: self.lines, told: Mutex::new(None) }
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

/// Tells that the server is waited for, now and then.
pub struct Waiting {
    bar: ProgressBar,
    lines: bool,
    told: Mutex<Option<Instant>>,
}

impl Waiting {
    /// A batch is tried again in `wait` because of `error`.
    pub fn tell(&self, error: &ClientError, wait: Duration) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_some_and(|told| told.elapsed() < WAITING_EVERY) {
            return;
        }
        *told = Some(Instant::now());
        let text = format!("{:.1} 秒后重试：{error}", wait.as_secs_f64());
        if self.lines {
            eprintln!("{text}");
        } else {
            self.bar.println(text);
        }
    }
}
