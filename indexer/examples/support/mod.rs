//! What the measuring examples share: texts from a file, records made of them, random numbers, CPU time.
#![allow(dead_code)] // each example uses its own part

use std::{
    error::Error,
    fs::File,
    io::{BufRead, BufReader, Read},
    sync::Arc,
};

use jiff::Timestamp;
use tingjian_schemas::{
    Batch, CauseReading, Complaint, Entry, Head, Item, Kind, Partition, Position, Positions, Reading, Record, Stream,
    TextBody, Versions,
};

pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// The `text` of every line of the JSONL file (plain or gzip) that the environment's `DATA` names, normalised.
pub fn texts() -> Outcome<Vec<String>> {
    let path = std::env::var("DATA").map_err(|_| "DATA names no JSONL file with a `text` in each line")?;
    let file = File::open(&path)?;
    let reader: Box<dyn Read> =
        if path.ends_with(".gz") { Box::new(flate2::read::GzDecoder::new(file)) } else { Box::new(file) };
    let mut texts = Vec::new();
    for line in BufReader::new(reader).lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let text = row.get("text").and_then(|text| text.as_str()).ok_or("a line without `text`")?;
        texts.push(tingjian_analysis::normalise(text).into_owned());
    }
    if texts.is_empty() { Err("DATA has no lines".into()) } else { Ok(texts) }
}

/// A number from the environment.
pub fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Texts with the words they are cut into, ready to be made into records again and again.
pub struct Corpus {
    readings: Vec<Reading>,
}

impl Corpus {
    pub fn of(texts: &[String]) -> Self {
        let jieba = jieba_rs::Jieba::new();
        let cut = |text: &String| {
            let lowered = text.to_lowercase();
            let words = jieba.cut(&lowered, true).into_iter().map(|token| token.word);
            let words: Vec<&str> = words.filter(|word| word.chars().any(char::is_alphanumeric)).collect();
            reading(text.clone(), words.join("\u{1f}"))
        };
        Self { readings: texts.iter().map(cut).collect() }
    }

    /// The batch of records `first..first + count`, one a second from 2025-01-01, with plausible causes and agents.
    pub fn batch(&self, first: u64, count: u64) -> Batch {
        let items = (first..first + count).filter_map(|at| self.item(at)).collect();
        Batch { items, upto: upto(first + count) }
    }

    fn item(&self, at: u64) -> Option<Item> {
        let mut reading = self.readings.get(usize::try_from(at).ok()? % self.readings.len())?.clone();
        let mut random = Random(at);
        reading.kind = *Kind::ALL.get(random.below(8).min(4))?;
        let causes = random.below(4).min(2);
        reading.causes = (0..causes).filter_map(|_| CAUSES.get(random.below(CAUSES.len()))).map(cause).collect();
        let mut record = record(format!("r{at:010}"), 1_735_689_600 + i64::try_from(at).ok()?, reading);
        record.head.agent_no = Some(format!("A{:04}", random.below(2_000)));
        Some(Item {
            position: Position { partition: Partition::journal(), offset: at },
            arrival: at,
            received_at: Timestamp::UNIX_EPOCH,
            content_hash: at,
            generation: 0,
            maybe_repeat: false,
            entry: Entry::Record(Box::new(record)),
        })
    }
}

const CAUSES: [(&str, &str); 12] = [
    ("fulfil.transit_delay", "物流"),
    ("fulfil.lost", "物流"),
    ("fulfil.warehouse_late", "仓储"),
    ("product.quality", "商品"),
    ("product.wrong_item", "仓储"),
    ("people.attitude", "客服"),
    ("people.skill_gap", "客服培训"),
    ("promise.eta_overpromise", "市场"),
    ("promise.ad_exaggeration", "市场"),
    ("process.refund_slow", "财务"),
    ("system.outage", "技术"),
    ("price.overcharge", "定价"),
];

fn cause((code, department): &(&str, &str)) -> CauseReading {
    CauseReading { code: Arc::from(*code), department: Arc::from(*department), score: 1.0, evidence: Vec::new() }
}

/// A complaint of no cause.
pub fn reading(text: String, words: String) -> Reading {
    Reading {
        text,
        words,
        kind: Kind::Complaint,
        kind_score: 1.0,
        causes: Vec::new(),
        promised_min: None,
        actual_min: None,
        actual_open: None,
        praised: false,
        abuse: false,
        abstained: false,
    }
}

/// A complaint of that second since 1970.
pub fn record(event_id: String, second: i64, reading: Reading) -> Record {
    let body = TextBody::Complaint(Complaint::default());
    Record { head: head(event_id, second), body, reading, versions: Versions::default() }
}

fn head(event_id: String, second: i64) -> Head {
    Head {
        stream: Stream::Complaints,
        event_id,
        occurred_at: Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH),
        source: None,
        channel: None,
        customer_key: None,
        order_key: None,
        case_key: None,
        call_id: None,
        agent_no: None,
        department: None,
        lane: None,
        unknown_fields: String::new(),
    }
}

/// Journal positions that want `next` next.
pub fn upto(next: u64) -> Positions {
    [(Partition::journal(), next)].into_iter().collect()
}

/// SplitMix64: the same numbers every time.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound.max(1) as u64) as usize
    }
}

/// User and system CPU seconds of this process so far.
pub fn cpu_seconds() -> Outcome<(f64, f64)> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).ok_or("no CPU time");
    Ok((ticks(11)? / 100.0, ticks(12)? / 100.0)) // clock ticks of 10 ms
}

/// Peak resident memory of this process, bytes.
pub fn peak_memory() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? * 1024)
}

/// The value below which `share` of the (sorted) values lie.
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let at = ((sorted.len() as f64 - 1.0) * share).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}
