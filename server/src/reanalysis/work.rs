//! Working a run: pages of records whose reading is not by what is in force, read again, through the sinks of the flow, until
//! there is none; then attribution goes over everything.
//!
//! A page is noted only when every sink holds it. After a crash the page under way is found unread in the warehouse, or read and
//! then not found at all; either way each record ends with one reading of the run's generation.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use rayon::prelude::*;
use tingjian_analysis::Analyser;
use tingjian_pipeline::{FlowStatus, ProjectorError, read_again, reads_otherwise};
use tingjian_schemas::{Batch, Entry, Item, Positions, Versions};
use tingjian_warehouse::{RecordPage, StoredRecord, WarehouseError};
use tokio::sync::{mpsc, watch};

use super::{Place, ReanalysisError, Run, RunState};
use crate::app::{App, FlowPhase};

/// Records of one page: what is in memory, and what a crash reads once more.
const PAGE_ROWS: u32 = 5_000;
/// Between two looks for a run that another thread of this process, or the process before, began.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Wait after trouble, before the same page is tried again.
const TROUBLE_WAIT: Duration = Duration::from_secs(2);

/// Why a run does not go on.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    #[error(transparent)]
    Store(#[from] ReanalysisError),
    #[error("内部错误：{0}")]
    Thread(#[from] tokio::task::JoinError),
    /// The flow ended, or has not begun.
    #[error("写入流程没有运行")]
    NoFlow,
}

impl From<ProjectorError> for Trouble {
    fn from(error: ProjectorError) -> Self {
        match error {
            ProjectorError::Warehouse(error) => Self::Warehouse(error),
            ProjectorError::Thread(error) => Self::Thread(error),
        }
    }
}

impl Trouble {
    fn is_passing(&self) -> bool {
        match self {
            Self::Warehouse(error) => error.is_recoverable(),
            Self::Store(_) | Self::Thread(_) => false,
            Self::NoFlow => true,
        }
    }
}

/// Works runs until `stop` turns true.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let Some(again) = app.again.clone() else { return };
    let mut hand = Hand { again, handed: 0 };
    loop {
        let wait = tokio::select! {
            wait = step(&app, &mut hand) => wait,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = app.reanalysis_wanted.notified() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Works the run under way to its end; says how long to wait before the next look.
async fn step(app: &App, hand: &mut Hand) -> Duration {
    let run = match app.reanalyses.under_way() {
        Ok(Some(run)) => run,
        Ok(None) => return LOOK_EVERY,
        Err(error) => {
            tracing::error!(%error, "runs of re-analysis");
            return LOOK_EVERY;
        }
    };
    let id = run.id;
    let ended = match work(app, hand, run).await {
        Err(error) if error.is_passing() => {
            tracing::warn!(%error, id, "re-analysis waits");
            return TROUBLE_WAIT;
        }
        Err(error) => {
            tracing::error!(%error, id, "re-analysis ended early");
            app.reanalyses.end(id, Some(&error.to_string()), Timestamp::now())
        }
        Ok(()) => app.reanalyses.end(id, None, Timestamp::now()),
    };
    if let Err(error) = ended {
        tracing::error!(%error, id, "runs of re-analysis");
    }
    LOOK_EVERY
}

async fn work(app: &App, hand: &mut Hand, run: Run) -> Result<(), Trouble> {
    // Before the flow runs, the newest taxonomy is not in force yet.
    if !matches!(*app.phase.borrow(), FlowPhase::Running(_)) {
        return Err(Trouble::NoFlow);
    }
    loop {
        if !read_stale(app, hand, run.id).await? {
            break;
        }
    }
    app.reanalyses.enter(run.id, RunState::Attributing)?;
    // What was worked out before stays until its place is taken.
    if let Some(projector) = &app.projector {
        projector.rebuild(|_, _| {}).await?;
    }
    Ok(())
}

/// Reads everything again that is not read by what is in force. `true`: that changed meanwhile, begin again.
async fn read_stale(app: &App, hand: &mut Hand, id: i64) -> Result<bool, Trouble> {
    let analyser = app.taxonomies.analyser().get();
    let mut place = begin(app, id, analyser.versions()).await?;
    let mut page = app.warehouse.stale_page(analyser.versions(), place.after.as_ref(), PAGE_ROWS).await?;
    loop {
        if app.taxonomies.analyser().get().versions() != analyser.versions() {
            return Ok(true);
        }
        let Some(end) = page.next else {
            if place.after.is_none() {
                return Ok(false);
            }
            // What came while this ran, understood by what was in force before: one more look from the first record.
            place.after = None;
            app.reanalyses.note(id, None, 0, 0)?;
            page = app.warehouse.stale_page(analyser.versions(), None, PAGE_ROWS).await?;
            continue;
        };
        let records = u64::try_from(page.records.len()).unwrap_or(0);
        let times: Vec<Timestamp> = page.records.iter().map(|stored| stored.record.head.occurred_at).collect();
        let (batch, changed) = understand(&analyser, page.records, place.generation).await?;
        touch(app, &times).await?;
        // The next page is looked for while this one is being written.
        let written = hand.over(app, batch);
        let following = app.warehouse.stale_page(analyser.versions(), Some(&end), PAGE_ROWS);
        let (written, following): (Result<(), Trouble>, Result<RecordPage, WarehouseError>) =
            tokio::join!(written, following);
        written?;
        touch(app, &times).await?;
        app.reanalyses.note(id, Some(&end), records, changed)?;
        place.after = Some(end);
        page = following?;
    }
}

/// What was counted ahead of the hours in which these records lie counts no more: before they are written, and for whoever counted
/// meanwhile, afterwards.
async fn touch(app: &App, times: &[Timestamp]) -> Result<(), Trouble> {
    match &app.projector {
        Some(projector) => Ok(projector.touch(times).await?),
        None => Ok(()),
    }
}

/// Where the run stands, or the beginning where something else reads now.
async fn begin(app: &App, id: i64, versions: &Versions) -> Result<Place, Trouble> {
    let names = [&versions.dictionary, &versions.taxonomy, &versions.rules, &versions.model].map(|name| &**name);
    let names = names.join(" ");
    if let Some(run) = app.reanalyses.get(id)?.filter(|run| run.place.versions == names) {
        return Ok(run.place);
    }
    let total = app.warehouse.stale_count(versions).await?;
    // Seconds since 1970 grow along all runs of all processes; the store guards against a clock that was set back.
    let now = u32::try_from(Timestamp::now().as_second()).unwrap_or(u32::MAX);
    let generation = now.max(app.reanalyses.last_generation()?.saturating_add(1));
    let place = Place { versions: names, generation, after: None };
    app.reanalyses.start_over(id, &place, &versions.taxonomy, total)?;
    Ok(place)
}

/// Reads records again, on all cores; says how many of them count elsewhere now.
async fn understand(
    analyser: &Arc<Analyser>,
    records: Vec<StoredRecord>,
    generation: u32,
) -> Result<(Batch, u64), Trouble> {
    let analyser = Arc::clone(analyser);
    let read = move || {
        let read = |stored: StoredRecord| {
            let before = stored.record.reading.clone();
            let item = read_again(&analyser, stored, generation);
            let changed = matches!(&item.entry, Entry::Record(r) if reads_otherwise(&before, &r.reading));
            (item, u64::from(changed))
        };
        let read: (Vec<Item>, Vec<u64>) = records.into_par_iter().map(read).unzip();
        (Batch { items: read.0, upto: Positions::default() }, read.1.into_iter().sum())
    };
    Ok(tokio::task::spawn_blocking(read).await?)
}

/// Hands batches to the flow, one at a time.
struct Hand {
    again: mpsc::Sender<Batch>,
    /// Since the start of this process, as its sinks count them.
    handed: u64,
}

impl Hand {
    /// Hands a batch over and waits until every sink holds it.
    async fn over(&mut self, app: &App, batch: Batch) -> Result<(), Trouble> {
        let FlowPhase::Running(FlowStatus { sinks }) = app.phase.borrow().clone() else { return Err(Trouble::NoFlow) };
        self.again.send(batch).await.map_err(|_| Trouble::NoFlow)?;
        self.handed += 1;
        for mut sink in sinks {
            sink.wait_for(|sink| sink.read_again >= self.handed).await.map_err(|_| Trouble::NoFlow)?;
        }
        Ok(())
    }
}
