//! `tingjian-simulate`: writes a simulated contact centre to files, or one of its streams to standard output.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use jiff::Timestamp;
use serde::Deserialize;
use tingjian_schemas::Stream;
use tingjian_simulation::{
    Disorder, Options, Output, Rise, Scenario, SimulatedEvent, Simulation, labelled_rows, truth::Truth,
};

/// Events between two lines of progress.
const PROGRESS_EVERY: u64 = 100_000;
/// Bytes gathered before a file is written to.
const BUFFER: usize = 256 * 1024;

/// Simulate a contact centre: the events of all eleven streams and the truth about them. Everything is synthetic.
#[derive(Parser)]
#[command(name = "tingjian-simulate", version)]
struct Arguments {
    /// Whole weeks (Shanghai) to simulate; the last is the one before the week --until lies in.
    #[arg(long, default_value_t = 8)]
    weeks: u32,
    /// About how many events in all.
    #[arg(long, default_value_t = 100_000)]
    events: u64,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// End of the time simulated (RFC 3339).
    #[arg(long, default_value = "2026-11-16T00:00:00+08:00")]
    until: Timestamp,
    /// Folder for one JSONL file per stream, truth/*.jsonl and summary.json.
    #[arg(long, required_unless_present_any = ["stream", "labelled"], conflicts_with_all = ["stream", "labelled"])]
    out: Option<PathBuf>,
    /// Write one stream to standard output instead.
    #[arg(long, conflicts_with = "labelled")]
    stream: Option<Stream>,
    /// Write labelled texts to standard output instead, to learn from: at most so many of each primary cause.
    #[arg(long, value_name = "PER_CAUSE")]
    labelled: Option<usize>,
    /// Form of --stream.
    #[arg(long, value_enum, default_value = "jsonl")]
    format: Format,
    /// At most so many events of --stream.
    #[arg(long)]
    limit: Option<usize>,
    /// No campaign, no wave, no rise: nothing changes from week to week.
    #[arg(long)]
    quiet_history: bool,
    /// Week (0 = first) from which three lanes promise a third of what they used to.
    #[arg(long)]
    wave_week: Option<u32>,
    /// A cause that rises, as CAUSE:WEEK:FACTOR, such as system.data_silo:6:3.
    #[arg(long, value_parser = rise)]
    rise: Option<Rise>,
    /// Customers who name no order never come back, so that chains can be told without reading texts.
    #[arg(long)]
    no_orderless_chains: bool,
    /// Events in no order at all (held in memory).
    #[arg(long)]
    shuffled: bool,
    /// Share of events delivered twice.
    #[arg(long, default_value_t = 0.0)]
    duplicates: f64,
    /// Share of events delivered up to five days late.
    #[arg(long, default_value_t = 0.0)]
    late: f64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON event a line.
    Jsonl,
    /// Rows with Chinese columns, as an example for imports; complaints only.
    Csv,
}

fn rise(text: &str) -> Result<Rise, String> {
    let mut parts = text.splitn(3, ':');
    let mut part = || parts.next().ok_or("expected CAUSE:WEEK:FACTOR");
    let (cause, week, factor) = (part()?, part()?, part()?);
    let number = |text: &str| text.parse().map_err(|_| format!("{text:?} is not a number"));
    Ok(Rise { cause: cause.to_owned(), week: number(week)?, factor: number(factor)? })
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tingjian-simulate: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// The reader of standard output has seen enough.
fn broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn run(arguments: &Arguments) -> Result<()> {
    let mut options = Options::ending(arguments.until, arguments.weeks, arguments.events, arguments.seed)?;
    if arguments.quiet_history {
        options.scenario = Scenario::quiet();
    }
    options.scenario.over_promise_wave = arguments.wave_week.or(options.scenario.over_promise_wave);
    options.scenario.rise.clone_from(&arguments.rise);
    options.scenario.orderless_chains = !arguments.no_orderless_chains;
    let disorder = Disorder {
        seed: arguments.seed,
        shuffled: arguments.shuffled,
        duplicate_share: arguments.duplicates,
        late_share: arguments.late,
    };
    if let Some(per_cause) = arguments.labelled {
        return labelled_to_stdout(&options, per_cause);
    }
    match (&arguments.out, arguments.stream) {
        (Some(folder), _) => to_folder(&options, &disorder, folder),
        (None, Some(stream)) => to_stdout(&options, &disorder, stream, arguments),
        (None, None) => bail!("--out, --stream or --labelled is needed"),
    }
}

/// Open files by name, made when first written to.
struct Files {
    folder: PathBuf,
    open: BTreeMap<String, BufWriter<File>>,
}

impl Files {
    fn new(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self { folder: folder.to_owned(), open: BTreeMap::new() })
    }

    fn line(&mut self, name: &str, line: &str) -> io::Result<()> {
        if !self.open.contains_key(name) {
            let file = File::create(self.folder.join(format!("{name}.jsonl")))?;
            self.open.insert(name.to_owned(), BufWriter::with_capacity(BUFFER, file));
        }
        match self.open.get_mut(name) {
            Some(file) => writeln!(file, "{line}"),
            None => Ok(()),
        }
    }

    fn close(mut self) -> io::Result<()> {
        self.open.values_mut().try_for_each(BufWriter::flush)
    }
}

fn to_folder(options: &Options, disorder: &Disorder, folder: &Path) -> Result<()> {
    let mut events = Files::new(folder)?;
    let mut truths = Files::new(&folder.join("truth"))?;
    let mut run = Simulation::new(options)?;
    let mut failed = None;
    let mut count = 0;
    let in_time = run.by_ref().filter_map(|output| keep_event(output, &mut truths, &mut failed));
    for event in disorder.deliver(in_time) {
        events.line(event.stream.name(), &event.json).context("cannot write events")?;
        count += 1;
        if count % PROGRESS_EVERY == 0 {
            progress(count, options.events, event.occurred_at);
        }
    }
    if let Some(error) = failed {
        return Err(error).context("cannot write the truth");
    }
    events.close().context("cannot write events")?;
    truths.close().context("cannot write the truth")?;
    let summary = serde_json::to_string_pretty(run.summary())?;
    fs::write(folder.join("summary.json"), summary + "\n").context("cannot write summary.json")?;
    eprintln!("{count} events, and the truth about them, in {}", folder.display());
    Ok(())
}

/// Lets events through and writes the truth down.
fn keep_event(output: Output, truths: &mut Files, failed: &mut Option<anyhow::Error>) -> Option<SimulatedEvent> {
    match output {
        Output::Event(event) => Some(event),
        Output::Truth(truth) => {
            if failed.is_none() {
                *failed = write_truth(&truth, truths).err();
            }
            None
        }
    }
}

fn write_truth(truth: &Truth, truths: &mut Files) -> Result<()> {
    truths.line(truth.file(), &serde_json::to_string(truth)?)?;
    Ok(())
}

fn progress(count: u64, of: u64, at: Timestamp) {
    let end = if io::stderr().is_terminal() { "\r" } else { "\n" };
    eprint!("{count} of about {of} events, now at {at}{end}");
}

fn to_stdout(options: &Options, disorder: &Disorder, stream: Stream, arguments: &Arguments) -> Result<()> {
    let csv = arguments.format == Format::Csv;
    if csv && stream != Stream::Complaints {
        bail!("--format csv is for complaints only");
    }
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    if csv {
        writeln!(out, "编号,时间,内容,分类,手机号,订单号,工号,部门,来源")?;
    }
    let run = Simulation::new(options)?;
    let events = disorder.deliver(run.events()).filter(|event| event.stream == stream);
    for event in events.take(arguments.limit.unwrap_or(usize::MAX)) {
        if csv {
            writeln!(out, "{}", csv_row(&event.json)?)?;
        } else {
            writeln!(out, "{}", event.json)?;
        }
    }
    out.flush()?;
    Ok(())
}

fn labelled_to_stdout(options: &Options, per_cause: usize) -> Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    for row in labelled_rows(Simulation::new(options)?, per_cause)? {
        writeln!(out, "{}", serde_json::to_string(&row)?)?;
    }
    out.flush()?;
    Ok(())
}

/// What a ticket system would export of a complaint.
#[derive(Deserialize)]
struct ComplaintRow {
    event_id: String,
    occurred_at: Timestamp,
    text: String,
    category: Option<String>,
    customer: Option<CustomerRow>,
    order_id: Option<String>,
    agent_no: Option<String>,
    department: Option<String>,
    source: String,
}

#[derive(Deserialize)]
struct CustomerRow {
    phone: String,
}

fn csv_row(json: &str) -> Result<String> {
    let row: ComplaintRow = serde_json::from_str(json)?;
    let local = row.occurred_at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
    let cells = [
        row.event_id,
        local.strftime("%Y-%m-%d %H:%M").to_string(),
        row.text,
        row.category.unwrap_or_default(),
        row.customer.map(|customer| customer.phone).unwrap_or_default(),
        row.order_id.unwrap_or_default(),
        row.agent_no.unwrap_or_default(),
        row.department.unwrap_or_default(),
        row.source,
    ];
    Ok(cells.map(|cell| quoted(&cell)).join(","))
}

/// A cell, in quotes where it needs them (RFC 4180).
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
