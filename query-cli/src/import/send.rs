//! Batches on their way: several at once, each until it is acknowledged, told in the order of the file.

use std::{collections::BTreeMap, convert::Infallible, ops::Range, thread, time::Duration};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use tingjian_schemas::{Stream, decode};
use tingjian_sheets::Refused;

use crate::{
    answers::{Intake, Refusal},
    client::{Client, ClientError},
    failure::Failure,
    import::{
        bar::Waiting,
        batch::{Batch, Cutter},
    },
    problem::Problem,
    retry::Backoff,
};

/// How many batches may be read ahead of the first unacknowledged one.
const WINDOW: usize = 64;
/// The first batch is small and goes alone: what is wrong with all rows shows before much is sent.
const PROBE_ROWS: u64 = 100;

/// What became of the rows of a batch: all of them, sent or not.
#[derive(Debug)]
pub struct Receipt {
    /// Rows of the file.
    pub rows: u64,
    /// Rows taken by the server.
    pub accepted: u64,
    /// Rows not taken, in the order of the file.
    pub refused: Vec<Refused>,
    /// How far the file was read when the batch was closed.
    pub upto: u64,
}

/// What sending needs to know.
pub struct Plan<'a> {
    /// The server.
    pub client: &'a Client,
    /// Where the rows go.
    pub stream: Stream,
    /// Rows of one batch.
    pub batch_rows: u64,
    /// Batches under way at once.
    pub parallel: usize,
    /// How long one batch is tried.
    pub retry: Duration,
    /// Tells that a batch is tried again.
    pub waiting: Waiting,
    /// Go on even where all rows of the first batch were refused.
    pub keep_going: bool,
}

/// How sending ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ending {
    /// With the file.
    Whole,
    /// All rows of the first batch were refused and there are more.
    AllRefused,
}

impl Plan<'_> {
    /// Sends all batches of `cutter` and tells what became of each, in order.
    ///
    /// # Errors
    /// The file cannot be read on, the server cannot be reached or refuses; `told` fails. All that was told stands.
    pub fn send_all(
        &self,
        cutter: &mut Cutter<'_>,
        mut told: impl FnMut(Receipt) -> Result<(), Failure>,
    ) -> Result<Ending, Failure> {
        let Some(probe) = cutter.next(PROBE_ROWS.min(self.batch_rows))? else { return Ok(Ending::Whole) };
        // Nothing ever stops the probe: its sender lives to the end of this function.
        let (_alive, never) = bounded::<Infallible>(0);
        let receipt = self.deliver(&probe, &never)?;
        let hopeless = receipt.accepted == 0 && receipt.rows == PROBE_ROWS.min(self.batch_rows);
        told(receipt)?;
        let Some(second) = cutter.next(self.batch_rows)? else { return Ok(Ending::Whole) };
        if hopeless && !self.keep_going {
            return Ok(Ending::AllRefused);
        }
        self.send_parallel(second, cutter, told).map(|()| Ending::Whole)
    }

    fn send_parallel(
        &self,
        first: Batch,
        cutter: &mut Cutter<'_>,
        told: impl FnMut(Receipt) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (permits, permitted) = bounded::<()>(WINDOW);
        let (to_send, batches) = bounded::<(u64, Batch)>(self.parallel);
        let (done, receipts) = bounded::<Done>(WINDOW);
        let (alive, stop) = bounded::<Infallible>(0);
        thread::scope(|scope| {
            for _ in 0..self.parallel {
                let (batches, done, stop) = (batches.clone(), done.clone(), stop.clone());
                scope.spawn(move || self.work(&batches, &done, &stop));
            }
            drop(batches);
            scope.spawn(move || self.cut(first, cutter, &permits, &to_send, &done));
            let result = collect(&receipts, &permitted, told);
            // Wakes the workers that wait for a next try; the closed channels end all others.
            drop(alive);
            drop(permitted);
            drop(receipts);
            result
        })
    }

    /// Reads the file into batches, never more than the window ahead.
    fn cut(
        &self,
        first: Batch,
        cutter: &mut Cutter<'_>,
        permits: &Sender<()>,
        to_send: &Sender<(u64, Batch)>,
        done: &Sender<Done>,
    ) {
        let mut next = Ok(Some(first));
        for number in 0.. {
            // A closed channel means that the others have stopped already and said why.
            if permits.send(()).is_err() {
                return;
            }
            match next {
                Ok(Some(batch)) => {
                    if to_send.send((number, batch)).is_err() {
                        return;
                    }
                    next = cutter.next(self.batch_rows);
                }
                Ok(None) => return,
                Err(failure) => {
                    let _ = done.send(Done { number, outcome: Err(failure) });
                    return;
                }
            }
        }
    }

    fn work(&self, batches: &Receiver<(u64, Batch)>, done: &Sender<Done>, stop: &Receiver<Infallible>) {
        for (number, batch) in batches {
            let outcome = self.deliver(&batch, stop).map_err(Failure::from);
            if done.send(Done { number, outcome }).is_err() {
                return;
            }
        }
    }

    /// Sends one batch until it is acknowledged. A batch that was taken without our hearing of it is taken again: rows
    /// count once by their id.
    fn deliver(&self, batch: &Batch, stop: &Receiver<Infallible>) -> Result<Receipt, ClientError> {
        let mut receipt = Receipt { rows: batch.rows, accepted: 0, refused: batch.unsent.clone(), upto: batch.upto };
        if batch.len() > 0 {
            self.deliver_rows(batch, 0..batch.len(), stop, &mut receipt)?;
        }
        receipt.refused.sort_by_key(|refused| refused.line);
        Ok(receipt)
    }

    fn deliver_rows(
        &self,
        batch: &Batch,
        rows: Range<usize>,
        stop: &Receiver<Infallible>,
        receipt: &mut Receipt,
    ) -> Result<(), ClientError> {
        match self.post(batch.body(&rows), stop) {
            Ok(intake) => self.book(batch, rows, intake, receipt),
            Err(ClientError::Refused(problem)) if problem.status == 413 && rows.len() > 1 => {
                let middle = rows.start + rows.len() / 2;
                self.deliver_rows(batch, rows.start..middle, stop, receipt)?;
                self.deliver_rows(batch, middle..rows.end, stop, receipt)
            }
            Err(ClientError::Refused(problem)) if problem.status == 413 => {
                let refused = |line| Refused { line, reason: "row_too_large".to_owned(), field: None, message: None };
                receipt.refused.extend(batch.line(rows.start).map(refused));
                Ok(())
            }
            Err(ClientError::Refused(problem)) if problem.status == 400 => {
                self.deliver_readable(batch, rows, &problem, stop, receipt)
            }
            Err(error) => Err(error),
        }
    }

    fn book(
        &self,
        batch: &Batch,
        rows: Range<usize>,
        intake: Intake,
        receipt: &mut Receipt,
    ) -> Result<(), ClientError> {
        let refused = intake.rejected.len();
        if usize::try_from(intake.accepted).ok().and_then(|a| a.checked_add(refused)) != Some(rows.len()) {
            let (url, accepted, sent) = (self.client.base().to_owned(), intake.accepted, rows.len());
            let cause = format!("发了 {sent} 行，它说接受 {accepted}、拒绝 {refused}，对不上");
            return Err(ClientError::Unreadable { url, cause });
        }
        receipt.accepted += intake.accepted;
        receipt.refused.extend(intake.rejected.into_iter().filter_map(|r| refused_row(batch, rows.start, r)));
        Ok(())
    }

    /// After the server could not tell the rows of a body apart: the rows that its own reader refuses are refused, the
    /// others are sent again, once.
    fn deliver_readable(
        &self,
        batch: &Batch,
        rows: Range<usize>,
        problem: &Problem,
        stop: &Receiver<Infallible>,
        receipt: &mut Receipt,
    ) -> Result<(), ClientError> {
        let (mut readable, mut refused) = (Batch::default(), Vec::new());
        for row in rows {
            let event = batch.body(&(row..row + 1));
            let Some(line) = batch.line(row) else { continue };
            match decode(self.stream, event) {
                Ok(_) => readable.push(line, event.strip_suffix(b"\n").unwrap_or(event)),
                Err(rejection) => refused.push(Refused::of(line, &rejection)),
            }
        }
        let all = 0..readable.len();
        if refused.is_empty() {
            let message = problem.detail.clone().or_else(|| problem.title.clone());
            let unreadable =
                |line| Refused { line, reason: "unreadable_batch".to_owned(), field: None, message: message.clone() };
            refused.extend(all.filter_map(|row| readable.line(row)).map(unreadable));
        } else if !all.is_empty() {
            let intake = self.post(readable.body(&all), stop)?;
            self.book(&readable, all, intake, receipt)?;
        }
        receipt.refused.extend(refused);
        Ok(())
    }

    fn post(&self, body: &[u8], stop: &Receiver<Infallible>) -> Result<Intake, ClientError> {
        let mut backoff = Backoff::new(self.retry);
        loop {
            let answer = self.client.post(&format!("/api/v1/streams/{}", self.stream), "application/x-ndjson", body);
            let error = match answer.and_then(|bytes| self.client.read(&bytes)) {
                Ok(intake) => return Ok(intake),
                Err(error) if !error.is_recoverable() => return Err(error),
                Err(error) => error,
            };
            let Some(wait) = backoff.wait(error.retry_after_s()) else { return Err(error) };
            self.waiting.tell(&error, wait);
            if stop.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected) {
                return Err(error);
            }
        }
    }
}

struct Done {
    number: u64,
    outcome: Result<Receipt, Failure>,
}

/// Tells the receipts in the order of the file.
fn collect(
    receipts: &Receiver<Done>,
    permitted: &Receiver<()>,
    mut told: impl FnMut(Receipt) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    for done in receipts {
        early.insert(done.number, done.outcome);
        while let Some(outcome) = early.remove(&next) {
            told(outcome?)?;
            next += 1;
            // One permit was taken for this batch, so there is one to give back.
            let _ = permitted.try_recv();
        }
    }
    Ok(())
}

fn refused_row(batch: &Batch, start: usize, refusal: Refusal) -> Option<Refused> {
    let Refusal { index, field, reason, message } = refusal;
    Some(Refused { line: batch.line(start + index)?, reason, field, message })
}
