//! `tingjian export`.

use std::{
    io::{self, Read, Write},
    path::Path,
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    answers::SearchPage,
    args::{Export, Format, Global},
    client::{Client, ClientError},
    commands::{Context, nothing},
    failure::{Failure, Outcome},
    output::Sink,
};

/// How much is taken from the answer at a time.
const PIECE_BYTES: usize = 64 << 10;

/// In place of a query: corrections instead of records.
const CORRECTIONS: &str = "corrections";

/// Streams every record that fits the filters into a file.
///
/// # Errors
/// No file named, a bad filter, the server, the output.
pub fn run(context: &Context, options: &Export, global: &Global) -> Result<Outcome, Failure> {
    if options.query == CORRECTIONS {
        return corrections(context);
    }
    let format = format(global)?;
    let mut query = options.filters.pairs(&context.output.zone)?;
    if !options.query.is_empty() {
        query.insert(0, ("q", options.query.clone()));
    }
    let count: SearchPage =
        context.client.get_as("/api/v1/search", &[query.as_slice(), &[("limit", "1".to_owned())]].concat())?;
    if count.total == 0 {
        return Ok(nothing("没有符合条件的记录，没有写文件。"));
    }
    query.push(("format", format.to_owned()));
    let answer = context.client.stream("/api/v1/export", &query, "*/*")?;
    let mut sink = Sink::open(context.output.path.as_deref())?;
    let bytes = copy(answer, &mut sink, &context.client)?;
    sink.close()?;
    if let Some(path) = &context.output.path {
        eprintln!("已导出 {} 条记录到 {}（{}）。", count.total, path.display(), indicatif::HumanBytes(bytes));
    }
    Ok(Outcome::Done)
}

/// Corrected records as rows to train on.
fn corrections(context: &Context) -> Result<Outcome, Failure> {
    let bytes = context.client.get("/api/v1/export/corrections", &[])?;
    if bytes.is_empty() {
        return Ok(nothing("还没有更正过的记录。"));
    }
    context.output.raw(&bytes)?;
    Ok(Outcome::Done)
}

/// The format the server is asked for.
fn format(global: &Global) -> Result<&'static str, Failure> {
    let path = global.output.as_deref();
    let extension = path.and_then(Path::extension).and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    let to_screen = path.is_none_or(|p| p.as_os_str() == "-");
    match (global.format, extension.as_deref()) {
        (Some(Format::Xlsx), _) | (None, Some("xlsx")) if to_screen => Err(Failure::usage("XLSX 要用 -o 给出文件名")),
        (Some(Format::Xlsx), _) | (None, Some("xlsx")) => Ok("xlsx"),
        (Some(Format::Csv), _) | (None, Some("csv")) => Ok("csv"),
        (Some(Format::Json), _) | (None, Some("jsonl" | "ndjson" | "json")) => Ok("jsonl"),
        (Some(Format::Table | Format::Html | Format::Pdf), _) => {
            Err(Failure::usage("导出只有 csv、xlsx、json（JSONL）"))
        }
        (None, _) if path.is_none() => {
            Err(Failure::usage("请用 -o 给出文件名（扩展名 .csv、.xlsx 或 .jsonl；-o - 写到标准输出）"))
        }
        (None, _) => Ok("csv"),
    }
}

fn copy(mut answer: impl Read, sink: &mut Sink, client: &Client) -> Result<u64, Failure> {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} 已收到 {bytes}（{bytes_per_sec}）") {
        bar.set_style(style);
    }
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let read = match answer.read(&mut piece) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(cut_off(client, &error).into()),
        };
        let Some(filled) = piece.get(..read).filter(|p| !p.is_empty()) else { break };
        sink.write_all(filled)?;
        bar.inc(read as u64);
    }
    bar.finish_and_clear();
    Ok(bar.position())
}

fn cut_off(client: &Client, error: &io::Error) -> ClientError {
    ClientError::Unreachable { url: client.base().to_owned(), cause: format!("导出中途断开（{error}）") }
}
