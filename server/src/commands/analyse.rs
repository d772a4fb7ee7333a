//! `tingjian-server analyse`: JSONL in, JSONL out, same order; no server, network or data folder.

use std::{
    io::{BufRead, BufWriter, Write},
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tingjian_analysis::{
    Analyser, Context,
    learn::{ModelError, Router},
};
use tingjian_schemas::{Kind, Reading, Span};

use crate::{app::understanding::analyser, cli::AnalyseOptions, config::Analysis};

/// Lines understood together on all cores.
const LINES_PER_ROUND: usize = 4_096;
/// Bytes of one line at most; a longer one is refused without being kept in memory.
const LINE_BYTES: usize = tingjian_schemas::limits::EVENT_BYTES;

/// One line to understand. Other fields are ignored.
#[derive(Deserialize)]
struct Input {
    id: serde_json::Value,
    text: String,
    occurred_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Output {
    id: serde_json::Value,
    kind: Kind,
    kind_score: f32,
    causes: Vec<Cause>,
    promised_min: Option<u32>,
    actual_min: Option<u32>,
    actual_open: Option<bool>,
    praised: bool,
    abuse: bool,
    abstained: bool,
    masked_text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<Vec<String>>,
}

/// Units named for a text, the best first.
const MOST_UNITS: usize = 10;

/// What lines are understood with.
struct Reader {
    analyser: Analyser,
    /// A model that tells units, where one was given.
    router: Option<Router>,
    explain: bool,
}

#[derive(Serialize)]
struct Cause {
    code: Arc<str>,
    score: f32,
    department: Arc<str>,
    evidence: Vec<Span>,
}

/// A line that could not be read; `line` counts from 1.
#[derive(Serialize)]
struct Unreadable {
    line: u64,
    error: String,
}

/// Understands standard input line by line. Exit status 1 when any line could not be read.
///
/// # Errors
/// Unusable taxonomy, dictionary or model; standard output closed.
pub fn run(options: &AnalyseOptions) -> anyhow::Result<ExitCode> {
    let reader = reader(options)?;
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut input = std::io::stdin().lock();
    let (mut line_number, mut unreadable) = (0, 0_u64);
    loop {
        let lines = read_lines(&mut input)?;
        if lines.is_empty() {
            break;
        }
        let first = line_number + 1;
        line_number += lines.len() as u64;
        for answer in understand(&reader, &lines, first) {
            match answer {
                None => {}
                Some(Ok(line)) => writeln!(output, "{line}")?,
                Some(Err(line)) => {
                    unreadable += 1;
                    writeln!(output, "{line}")?;
                }
            }
        }
        output.flush()?;
    }
    Ok(if unreadable == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A model given on the command line tells causes, in place of the configured one, or units, besides it.
fn reader(options: &AnalyseOptions) -> anyhow::Result<Reader> {
    let mut settings: Analysis = options.common.load()?.analysis;
    let mut router = None;
    if let Some(path) = &options.model {
        let bytes = std::fs::read(path).with_context(|| format!("读不到模型 {}", path.display()))?;
        match Router::from_bytes(&bytes) {
            Ok(it) => router = Some(it),
            Err(ModelError::WrongPurpose { .. }) => settings.model = Some(path.clone()),
            Err(error) => return Err(error).with_context(|| format!("模型 {} 用不了", path.display())),
        }
    }
    Ok(Reader { analyser: analyser(&settings)?, router, explain: options.explain })
}

type Line = Result<Vec<u8>, String>;

fn read_lines(input: &mut impl BufRead) -> std::io::Result<Vec<Line>> {
    let mut lines = Vec::new();
    while lines.len() < LINES_PER_ROUND {
        match read_line(input)? {
            Some(line) => lines.push(line),
            None => break,
        }
    }
    Ok(lines)
}

/// One line without its end; a line past the bound is skipped to its end and reported.
fn read_line(input: &mut impl BufRead) -> std::io::Result<Option<Line>> {
    let mut line = Vec::new();
    let limit = LINE_BYTES as u64 + 1;
    if std::io::Read::take(&mut *input, limit).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.ends_with(b"\n") {
        line.pop();
    } else if line.len() > LINE_BYTES {
        input.skip_until(b'\n')?;
        return Ok(Some(Err(format!("一行超过 {LINE_BYTES} 字节"))));
    }
    Ok(Some(Ok(line)))
}

/// Answers in order; `None` for a blank line, `Err` for one that could not be read.
fn understand(reader: &Reader, lines: &[Line], first: u64) -> Vec<Option<Result<String, String>>> {
    use rayon::prelude::*;
    let numbered = lines.par_iter().enumerate();
    numbered.map(|(index, line)| answer(reader, line, first + index as u64)).collect()
}

fn answer(reader: &Reader, line: &Line, number: u64) -> Option<Result<String, String>> {
    let read = match line {
        Ok(bytes) if bytes.trim_ascii().is_empty() => return None,
        Ok(bytes) => read(bytes),
        Err(error) => Err(error.clone()),
    };
    let answer = read.map(|input| {
        let context = Context { occurred_at: input.occurred_at };
        if reader.explain {
            return reader.analyser.explain(&input.text, &context).to_string();
        }
        let reading = reader.analyser.read(&input.text, &context);
        let units = reader.router.as_ref().map(|router| {
            let units = router.route(&reading.text, MOST_UNITS);
            units.into_iter().map(|(unit, _)| unit.to_owned()).collect()
        });
        let mut output = output(input.id, reading);
        output.units = units;
        json(&output)
    });
    Some(answer.map_err(|error| json(&Unreadable { line: number, error })))
}

fn read(bytes: &[u8]) -> Result<Input, String> {
    let text = std::str::from_utf8(bytes).map_err(|e| format!("不是 UTF-8 文本：{e}"))?;
    let input: Input = serde_json::from_str(text).map_err(|e| format!("无法读取：{e}"))?;
    let bound = tingjian_schemas::limits::TEXT_BYTES;
    if input.text.len() > bound { Err(format!("text 超过 {bound} 字节")) } else { Ok(input) }
}

fn output(id: serde_json::Value, reading: Reading) -> Output {
    let cause = |c: tingjian_schemas::CauseReading| Cause {
        code: c.code,
        score: c.score,
        department: c.department,
        evidence: c.evidence,
    };
    Output {
        id,
        kind: reading.kind,
        kind_score: reading.kind_score,
        causes: reading.causes.into_iter().map(cause).collect(),
        promised_min: reading.promised_min,
        actual_min: reading.actual_min,
        actual_open: reading.actual_open,
        praised: reading.praised,
        abuse: reading.abuse,
        abstained: reading.abstained,
        masked_text: reading.text,
        units: None,
    }
}

/// Our own types always serialise; were one not to, the line would say so.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|e| format!("{{\"error\":\"{e}\"}}"))
}
