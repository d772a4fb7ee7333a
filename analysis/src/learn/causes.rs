//! Training kinds, causes, praise and abuse from labelled rows.

use serde::Deserialize;
use tingjian_schemas::{Kind, Taxonomy};

use super::{
    calibrate::Calibration,
    model::{Header, LEADS, Label, Model, Purpose, leads, logistic},
    order::{Candidate, Order, RIVALS},
    train::{Fit, Scores, Task, TrainOptions, in_parallel},
};
use crate::{Analyser, Context, understand::MAX_CAUSES};

/// A labelled row, as in the gold files; what else the row has is ignored.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct CauseRow {
    /// What was said.
    pub text: String,
    /// What the customer wants.
    pub kind: Kind,
    /// Causes, the primary first.
    pub causes: Vec<String>,
    /// A person is praised.
    #[serde(default)]
    pub praised: bool,
    /// A person is insulted.
    #[serde(default)]
    pub abuse: bool,
    /// Which input it came from, from 0. Quality and thresholds are measured on input 0; the others only train.
    #[serde(skip)]
    pub input: usize,
}

/// Why rows cannot be trained on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum TrainError {
    #[error("row {row}: the cause {code:?} is not in the taxonomy")]
    UnknownCause { row: usize, code: String },
    #[error("row {row}: the text is empty")]
    EmptyText { row: usize },
    #[error("only {rows} usable rows; at least {least} are needed")]
    TooFewRows { rows: usize, least: usize },
    #[error(
        "these classes have a single row, and without them there is nothing to tell apart: {units}; {least} rows of each are needed"
    )]
    SingleRows { units: String, least: usize },
    #[error("all rows have the class {0:?}: there is nothing to tell apart")]
    OneClass(String),
}

/// Fewer rows are no training set.
pub const LEAST_ROWS: usize = 50;
/// A cause needs so many rows to be learnt; one with fewer is left to the rules.
const LEAST_POSITIVES: usize = 2;

/// The clauses' part in the score of what a single clause can state. Found by cross-validation.
const CLAUSE_SHARE: f32 = 0.6;

/// One class's cross-validated quality.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassQuality {
    /// The label.
    pub label: String,
    /// Reference rows that have it.
    pub rows: usize,
    /// Share of named that are right.
    pub precision: f32,
    /// Share of right that are named.
    pub recall: f32,
}

impl ClassQuality {
    /// Harmonic mean of precision and recall.
    pub fn f1(&self) -> f32 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

/// A trained model and how good it was on rows it had not seen.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The model, fitted on all rows.
    pub model: Model,
    /// Measures over all labels by name, cross-validated on the reference rows.
    pub overall: Vec<(&'static str, f32)>,
    /// Per label, cross-validated on the reference rows.
    pub quality: Vec<ClassQuality>,
    /// Classes with too few rows to be learnt.
    pub left_out: Vec<String>,
}

/// Trains on rows. `analyser` must be without a model: its rules make the features.
///
/// # Errors
/// A row cannot be used, or there are too few.
pub fn train_causes(
    analyser: &Analyser,
    taxonomy: &Taxonomy,
    rows: &[CauseRow],
    options: &TrainOptions,
) -> Result<Trained, TrainError> {
    let task = cause_task(analyser, taxonomy, rows, options.threads)?;
    let scores = task.out_of_fold(options);
    Ok(finish_causes(analyser, taxonomy, rows, &task, &scores, options))
}

/// The second half of [`train_causes`]: from the scores of rows by models that had not seen them, how scores are read;
/// and a model of all rows.
pub fn finish_causes(
    analyser: &Analyser,
    taxonomy: &Taxonomy,
    rows: &[CauseRow],
    task: &Task,
    scores: &[Scores],
    options: &TrainOptions,
) -> Trained {
    let calibrations: Vec<Calibration> =
        (0..task.labels.len()).map(|label| Calibration::fit(&pairs(task, scores, label))).collect();
    let quality = (0..task.labels.len()).filter_map(|l| class_quality(task, scores, &calibrations, l)).collect();
    let fit: Fit = task.fit(&vec![true; rows.len()], options);
    let names: Vec<String> = task.labels.iter().map(|l| l.0.clone()).collect();
    let mut model = fit.pack(Purpose::Cause, &names, &calibrations, options.most_features);
    let inputs = rows.iter().map(|r| r.input + 1).max().unwrap_or(0);
    let (order, worth) = Order::learn(&rivals(&model.header.labels, rows, scores), names.len());
    let mut header = Header {
        order,
        rules: analyser.versions().rules.to_string(),
        dictionary: analyser.versions().dictionary.to_string(),
        rows: rows.len(),
        data: (0..inputs).map(|i| fingerprint(rows, i)).collect(),
        ..model.header.clone()
    };
    header.labels.iter_mut().zip(worth).for_each(|(label, worth)| label.worth = worth);
    model = model.with_header(header);
    let overall = overall(&model.header, rows, scores);
    let learnt = |code: &str| task.labels.iter().any(|l| l.0 == code);
    let left_out = taxonomy.leaves().filter(|c| !learnt(&c.code)).map(|c| c.code.to_string()).collect();
    Trained { model, overall, quality, left_out }
}

/// Features and labels of rows.
///
/// # Errors
/// A row cannot be used, or there are too few.
pub fn cause_task(
    analyser: &Analyser,
    taxonomy: &Taxonomy,
    rows: &[CauseRow],
    threads: usize,
) -> Result<Task, TrainError> {
    check(taxonomy, rows)?;
    let features = in_parallel(rows, threads, |r| analyser.parse(&r.text, &Context::default()).parsed.features);
    let mut labels: Vec<(String, Vec<bool>)> = Vec::new();
    for cause in taxonomy.leaves() {
        let has = |r: &CauseRow| r.causes.iter().any(|c| **c == *cause.code);
        if rows.iter().filter(|r| has(r)).count() >= LEAST_POSITIVES {
            labels.push((cause.code.to_string(), rows.iter().map(has).collect()));
        }
    }
    for kind in Kind::ALL {
        labels.push((format!("kind.{}", kind.name()), rows.iter().map(|r| r.kind == kind).collect()));
    }
    labels.push(("praised".to_owned(), rows.iter().map(|r| r.praised).collect()));
    labels.push(("abuse".to_owned(), rows.iter().map(|r| r.abuse).collect()));
    // What clauses have a part in stands before what they have none in: sixteen labels are learnt at once.
    for cause in taxonomy.leaves() {
        let leads = |r: &CauseRow| r.causes.first().is_some_and(|c| **c == *cause.code);
        if rows.iter().filter(|r| leads(r)).count() >= LEAST_POSITIVES {
            labels.push((format!("{LEADS}{}", cause.code), rows.iter().map(leads).collect()));
        }
    }
    let reference = rows.iter().map(|r| r.input == 0).collect();
    let clause_shares = labels.iter().map(|l| clause_share(&l.0)).collect();
    Ok(Task { rows: features, labels, clause_shares, costs: vec![1.0; rows.len()], reference })
}

/// The kind and what is the main thing are said by the text as a whole.
fn clause_share(label: &str) -> f32 {
    if label.starts_with("kind.") || label.starts_with(LEADS) { 0.0 } else { CLAUSE_SHARE }
}

fn check(taxonomy: &Taxonomy, rows: &[CauseRow]) -> Result<(), TrainError> {
    for (number, row) in rows.iter().enumerate() {
        if row.text.trim().is_empty() {
            return Err(TrainError::EmptyText { row: number + 1 });
        }
        if let Some(code) = row.causes.iter().find(|c| taxonomy.cause(c).is_none()) {
            return Err(TrainError::UnknownCause { row: number + 1, code: code.clone() });
        }
    }
    let reference = rows.iter().filter(|r| r.input == 0).count();
    if reference < LEAST_ROWS {
        return Err(TrainError::TooFewRows { rows: reference, least: LEAST_ROWS });
    }
    match rows.first() {
        Some(first) if rows.iter().all(|r| r.kind == first.kind && r.causes == first.causes) => {
            Err(TrainError::OneClass(first.causes.first().map_or(first.kind.name().to_owned(), Clone::clone)))
        }
        _ => Ok(()),
    }
}

fn pairs(task: &Task, scores: &[Scores], label: usize) -> Vec<(f32, bool)> {
    let truth = task.labels.get(label).map_or(&[][..], |l| &l.1);
    scores.iter().zip(truth).filter_map(|(s, y)| Some((*s.scores.get(label)?, *y))).collect()
}

/// Every cause's label with its calibrated odds for a row, the likeliest first.
fn candidates(labels: &[Label], scores: &Scores) -> Vec<Candidate> {
    let odds: Vec<f32> = labels.iter().zip(&scores.scores).map(|(label, score)| label.odds(*score)).collect();
    let leads = leads(labels);
    let at = |label: usize| odds.get(label).copied();
    let one = |(cause, _): (usize, &Label)| {
        let lead = leads.get(cause).copied().flatten().and_then(at).unwrap_or(0.0);
        Some(Candidate { cause, odds: at(cause)?, lead, place: *scores.places.get(cause)? })
    };
    let causes = labels.iter().enumerate().filter(|(_, label)| label.is_cause());
    let mut out: Vec<Candidate> = causes.filter_map(one).collect();
    out.sort_by(|a, b| b.odds.total_cmp(&a.odds));
    out
}

/// Per reference row the likeliest causes, and which of them is the primary; rows whose primary is not among them tell
/// nothing.
fn rivals(labels: &[Label], rows: &[CauseRow], scores: &[Scores]) -> Vec<(Vec<Candidate>, usize)> {
    let one = |(row, score): (&CauseRow, &Scores)| {
        let mut candidates = candidates(labels, score);
        candidates.truncate(RIVALS);
        let wanted = row.causes.first()?;
        let primary = candidates.iter().position(|c| labels.get(c.cause).is_some_and(|l| l.name == *wanted))?;
        Some((candidates, primary))
    };
    rows.iter().zip(scores).filter_map(one).collect()
}

/// How good decisions on the reference rows are, by scores of models that had not seen them. Thresholds and the order
/// of causes were set on the same rows.
fn overall(header: &Header, rows: &[CauseRow], scores: &[Scores]) -> Vec<(&'static str, f32)> {
    let kinds = Kind::ALL.map(|k| header.labels.iter().position(|l| l.name == format!("kind.{}", k.name())));
    let (mut seen, mut kind_right, mut with, mut first_right) = (0f32, 0f32, 0f32, 0f32);
    let (mut hit, mut named, mut wanted) = (0f32, 0f32, 0f32);
    for (row, scores) in rows.iter().zip(scores).filter(|(_, s)| !s.scores.is_empty()) {
        let odds = |at: &Option<usize>| {
            let label = at.and_then(|i| header.labels.get(i).zip(scores.scores.get(i)));
            label.map_or(f32::MIN, |(l, s)| l.slope * s + l.offset)
        };
        let best = kinds.iter().enumerate().max_by(|a, b| odds(a.1).total_cmp(&odds(b.1)));
        let kind = best.and_then(|(i, _)| Kind::ALL.get(i)).copied().unwrap_or(Kind::Other);
        let all = candidates(&header.labels, scores);
        let over = |c: &&Candidate| header.labels.get(c.cause).is_some_and(|l| logistic(c.odds) >= l.threshold);
        let mut chosen: Vec<Candidate> = all.iter().filter(over).take(MAX_CAUSES).copied().collect();
        if chosen.is_empty() && kind == Kind::Complaint {
            chosen.extend(all.first());
        }
        header.sort_causes(&mut chosen);
        let names: Vec<&str> =
            chosen.iter().filter_map(|c| header.labels.get(c.cause)).map(|l| l.name.as_str()).collect();
        seen += 1.0;
        kind_right += f32::from(u8::from(kind == row.kind));
        with += f32::from(u8::from(!row.causes.is_empty()));
        let first = row.causes.first().is_some_and(|c| names.first() == Some(&c.as_str()));
        first_right += f32::from(u8::from(first));
        hit += names.iter().filter(|n| row.causes.iter().any(|c| c == *n)).count() as f32;
        (named, wanted) = (named + names.len() as f32, wanted + row.causes.len() as f32);
    }
    vec![
        ("kind_accuracy", kind_right / seen.max(1.0)),
        ("primary_top1", first_right / with.max(1.0)),
        ("micro_f1", 2.0 * hit / (named + wanted).max(1.0)),
    ]
}

fn class_quality(task: &Task, scores: &[Scores], by: &[Calibration], label: usize) -> Option<ClassQuality> {
    let (name, _) = task.labels.get(label).filter(|(name, _)| !name.starts_with(LEADS))?;
    let c = by.get(label)?;
    let (mut hit, mut named, mut rows) = (0usize, 0usize, 0usize);
    for (score, yes) in pairs(task, scores, label) {
        let given = logistic(c.slope * score + c.offset) >= c.threshold;
        hit += usize::from(given && yes);
        named += usize::from(given);
        rows += usize::from(yes);
    }
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f32 / whole as f32 };
    Some(ClassQuality { label: name.clone(), rows, precision: share(hit, named), recall: share(hit, rows) })
}

fn fingerprint(rows: &[CauseRow], input: usize) -> String {
    let mut hash = xxhash_rust::xxh3::Xxh3Default::new();
    for row in rows.iter().filter(|r| r.input == input) {
        hash.update(row.text.as_bytes());
        hash.update(&[0]);
        hash.update(format!("{} {:?} {} {}", row.kind, row.causes, row.praised, row.abuse).as_bytes());
        hash.update(&[0]);
    }
    format!("{:016x}", hash.digest())
}
