//! Working an import: rows → events → the same intake as the streams; what is refused goes into an error file.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use serde::Serialize;
use serde_json::Value;
use tingjian_pipeline::Incoming;
use tingjian_schemas::{Stream, decode};
use tingjian_sheets::{
    InputFile, Progress, Reading, Refused, Shaper, SheetsError, Zone, error_file, mapping::Wishes, mapping_file,
};
use tokio::sync::{mpsc, watch};
use utoipa::ToSchema;

use super::{Import, ImportsError, Tally};
use crate::app::{App, intake::Submission};

/// Rows of one batch.
const BATCH_ROWS: usize = 2_000;
/// Bytes of one batch; one row may be more.
const BATCH_BYTES: usize = 4 << 20;
/// Batches read ahead of the intake.
const BATCHES_AHEAD: usize = 2;
/// Cells of a workbook: with the default bound of an upload about what fits into a quarter of a gibibyte.
const MAX_CELLS: u64 = 8_000_000;
/// Rows shown before anything is sent.
pub const PREVIEW_ROWS: usize = 20;
/// Wait after the intake refused, doubled up to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Between two looks for work where nobody said that there is some.
const LOOK_EVERY: Duration = Duration::from_secs(5);

fn reading() -> Reading {
    Reading { max_cells: Some(MAX_CELLS), ..Reading::default() }
}

/// What is wished of the columns, from a mapping (TOML, or the same as JSON); empty: a guess.
///
/// # Errors
/// What is wrong with it.
pub fn wishes(mapping: &str) -> Result<Wishes, String> {
    let mapping = mapping.trim();
    if mapping.is_empty() {
        return Ok(Wishes::default());
    }
    let text = if mapping.starts_with('{') {
        let table: toml::Table = serde_json::from_str(mapping).map_err(|error| error.to_string())?;
        table.to_string()
    } else {
        mapping.to_owned()
    };
    Ok(Wishes { mapping: Some(mapping_file::parse(&text)?), ..Wishes::default() })
}

/// The organisation's zone for times that have none.
///
/// # Errors
/// A zone that the command line would refuse too.
pub fn zone(app: &App) -> Result<Zone, SheetsError> {
    app.config.server.zone.parse().map_err(SheetsError::Usage)
}

/// A file and how its rows become events. Takes its time.
///
/// # Errors
/// In words for who sent it.
pub fn open(path: &Path, stream: Stream, wishes: &Wishes, zone: &Zone) -> Result<(InputFile, Shaper), SheetsError> {
    let input = look(path)?;
    let shaper = Shaper::new(&input, stream, wishes, zone)?;
    Ok((input, shaper))
}

/// A file and its titles. Takes its time.
///
/// # Errors
/// In words for who sent it, without where it lies here.
pub fn look(path: &Path) -> Result<InputFile, SheetsError> {
    let here = path.display().to_string();
    InputFile::open(path, &reading()).map_err(|error| match error {
        SheetsError::Output(error) => SheetsError::Output(error),
        // Nobody here said anything on a command line.
        other => SheetsError::Usage(other.on_page().replace(&here, "文件")),
    })
}

/// A row before it is sent.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PreviewRow {
    /// Line of the file.
    pub line: u64,
    /// The event it becomes.
    #[schema(value_type = Object)]
    pub event: Option<Value>,
    /// Why it would be refused.
    pub refused: Option<String>,
}

/// The first rows and what would become of them.
///
/// # Errors
/// The file cannot be read on.
pub fn preview(input: &InputFile, shaper: &Shaper, stream: Stream) -> Result<Vec<PreviewRow>, SheetsError> {
    let mut rows = input.rows(Progress::default())?;
    let mut shown = Vec::new();
    while shown.len() < PREVIEW_ROWS {
        let Some(row) = rows.next()? else { break };
        let line = row.line;
        shown.push(match shaped(shaper, row, stream) {
            Ok((bytes, _)) => PreviewRow { line, event: serde_json::from_slice(&bytes).ok(), refused: None },
            Err(refused) => PreviewRow { line, event: None, refused: Some(words(&refused)) },
        });
    }
    Ok(shown)
}

/// Why a row is refused.
pub fn words(refused: &Refused) -> String {
    refused.message.clone().unwrap_or_else(|| {
        let field = refused.field.as_ref().map(|field| format!("（{field}）")).unwrap_or_default();
        format!("{}{field}", tingjian_sheets::reason_name(&refused.reason))
    })
}

type Shaped = (Vec<u8>, Vec<u8>);

/// An event's bytes and its key.
fn shaped(shaper: &Shaper, row: tingjian_sheets::Row, stream: Stream) -> Result<Shaped, Refused> {
    let line = row.line;
    let event = shaper.event(row)?;
    match decode(stream, &event.bytes) {
        Ok(decoded) => Ok((event.bytes, decoded.partition_key().as_bytes().to_vec())),
        Err(rejection) => Err(Refused::of(line, &rejection)),
    }
}

/// Works imports one after another until told to stop. What is under way then goes on at the next start: rows that are sent
/// again have the same ids, and count once.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        match app.imports.running() {
            Ok(waiting) => {
                for import in waiting {
                    tokio::select! {
                        () = work(&app, &import) => {}
                        _ = stop.wait_for(|stop| *stop) => return,
                    }
                }
            }
            Err(error) => tracing::error!(%error, "imports cannot be read"),
        }
        if let Err(error) = app.imports.clean(jiff::Timestamp::now()) {
            tracing::warn!(%error, "old imports not removed");
        }
        tokio::select! {
            () = app.import_wanted.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// One import, to its end.
async fn work(app: &Arc<App>, import: &Import) {
    let outcome = send(app, import).await;
    let ended = match &outcome {
        Ok(errors) => app.imports.end(&import.import_id, Ok(errors)),
        Err(WorkError::Sheet(error @ (SheetsError::Usage(_) | SheetsError::Unsaid { .. }))) => {
            app.imports.end(&import.import_id, Err(&error.on_page()))
        }
        Err(error) => {
            tracing::error!(%error, import = import.import_id, "import failed");
            app.imports.end(&import.import_id, Err("服务器内部出错，详情见服务日志"))
        }
    };
    if let Err(error) = ended {
        tracing::error!(%error, "the end of an import is not written down");
    }
}

#[derive(Debug, thiserror::Error)]
enum WorkError {
    #[error(transparent)]
    Sheet(#[from] SheetsError),
    #[error(transparent)]
    Store(#[from] ImportsError),
    #[error(transparent)]
    Spool(#[from] std::io::Error),
    #[error(transparent)]
    Thread(#[from] tokio::task::JoinError),
}

/// Rows on their way to the intake.
#[derive(Default)]
struct Batch {
    events: Vec<Submission>,
    refused: Vec<Refused>,
    rows: u64,
    bytes: usize,
    position: u64,
    length: u64,
}

/// Sends all rows; gives the name of the error file, empty where nothing was refused.
async fn send(app: &Arc<App>, import: &Import) -> Result<String, WorkError> {
    let folder = app.imports.folder_of(&import.import_id);
    let (sender, mut batches) = mpsc::channel(BATCHES_AHEAD);
    let reader = {
        let (path, stream, mapping) = (app.imports.sent_file(&import.import_id), import.stream, import.mapping.clone());
        let zone = zone(app)?;
        tokio::task::spawn_blocking(move || read(&path, stream, &mapping, &zone, &sender))
    };
    let mut spool = BufWriter::new(File::create(folder.join("refused"))?);
    let mut tally = Tally::default();
    while let Some(batch) = batches.recv().await {
        let Batch { events, refused, rows, position, length, .. } = batch;
        let accepted = events.len() as u64;
        append(app, events).await;
        for one in &refused {
            serde_json::to_writer(&mut spool, one).map_err(std::io::Error::from)?;
            spool.write_all(b"\n")?;
        }
        tally.rows += rows;
        tally.accepted += accepted;
        tally.refused += refused.len() as u64;
        (tally.position, tally.length) = (position, length);
        app.imports.note(&import.import_id, tally)?;
    }
    spool.flush()?;
    let input = reader.await??;
    if tally.refused == 0 {
        return Ok(String::new());
    }
    Ok(tokio::task::spawn_blocking(move || write_errors(&input, &folder)).await??)
}

/// Into the intake; what it refuses for now is tried again, since it has no other place to go.
async fn append(app: &App, events: Vec<Submission>) {
    if events.is_empty() {
        return;
    }
    let mut wait = FIRST_WAIT;
    let again = |events: &[Submission]| -> Vec<Submission> {
        let copy = |one: &Submission| Submission {
            event: Incoming { stream: one.event.stream, bytes: one.event.bytes.clone() },
            key: one.key.clone(),
        };
        events.iter().map(copy).collect()
    };
    loop {
        match app.intake.append(again(&events)).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(%error, "an import waits for the intake");
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
    }
}

/// Reads the file and sends its rows off in batches.
fn read(
    path: &Path,
    stream: Stream,
    mapping: &str,
    zone: &Zone,
    sender: &mpsc::Sender<Batch>,
) -> Result<InputFile, SheetsError> {
    let (input, shaper) = open(path, stream, &wishes(mapping).map_err(SheetsError::Usage)?, zone)?;
    let progress = Progress::default();
    let mut rows = input.rows(Arc::clone(&progress))?;
    let mut batch = Batch::default();
    let send = |mut batch: Batch| {
        batch.position = progress.load(Ordering::Relaxed);
        batch.length = input.length();
        sender.blocking_send(batch).is_ok()
    };
    while let Some(row) = rows.next()? {
        batch.rows += 1;
        match shaped(&shaper, row, stream) {
            Ok((bytes, key)) => {
                batch.bytes += bytes.len();
                batch.events.push(Submission { event: Incoming { stream, bytes: bytes.into() }, key: Some(key) });
            }
            Err(refused) => batch.refused.push(refused),
        }
        let is_full = batch.rows >= BATCH_ROWS as u64 || batch.bytes >= BATCH_BYTES;
        // Nobody takes them any more: the server stops.
        if is_full && !send(std::mem::take(&mut batch)) {
            return Ok(input);
        }
    }
    send(batch);
    Ok(input)
}

/// The refused rows with their reasons, in a file of the kind that was sent.
fn write_errors(input: &InputFile, folder: &Path) -> Result<String, SheetsError> {
    let spool = BufReader::new(File::open(folder.join("refused"))?);
    let refused = spool.lines().map(|line| serde_json::from_str(&line?).map_err(std::io::Error::from));
    let name = format!("errors.{}", error_file::extension(input));
    error_file::write(input, Box::new(refused), &folder.join(&name))?;
    Ok(name)
}
