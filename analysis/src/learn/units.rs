//! Training and using a router: which unit is responsible for a ticket.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    calibrate::Calibration,
    causes::{ClassQuality, TrainError, Trained},
    model::{Header, Model, ModelError, Purpose, logistic},
    score::Sums,
    ticket,
    train::{Scores, Task, TrainOptions, in_parallel},
};
use crate::{Analyser, Context};

/// A ticket and the unit that disposed of it; what else the row has is ignored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct UnitRow {
    /// What was said.
    pub text: String,
    /// The unit that was responsible.
    pub unit: String,
}

/// Fewer rows are no training set.
const LEAST_ROWS: usize = 50;
/// Places, firms and matters are many: a router keeps so many features.
const MOST_FEATURES: usize = 100_000;
/// Units named in an error.
const NAMED: usize = 5;
/// A unit with fewer tickets cannot be learnt.
const LEAST_TICKETS: usize = 2;

/// Trains a router.
///
/// # Errors
/// A row cannot be used, or there are too few rows or units. Units with a single ticket are left out and named in
/// [`Trained::left_out`].
pub fn train_units(analyser: &Analyser, rows: &[UnitRow], options: &TrainOptions) -> Result<Trained, TrainError> {
    let options = &TrainOptions { worth: ticket::TICKET_WORTH, most_features: MOST_FEATURES, ..options.clone() };
    let (task, left_out) = unit_task(analyser, rows, options.threads)?;
    let scores = task.out_of_fold(options);
    let quality = quality(&task, &scores);
    let calibrations = vec![Calibration { threshold: 0.5, ..Calibration::default() }; task.labels.len()];
    let names: Vec<String> = task.labels.iter().map(|l| l.0.clone()).collect();
    let fit = task.fit(&vec![true; rows.len()], options);
    let model = fit.pack(Purpose::Unit, &names, &calibrations, options.most_features);
    let header = Header {
        rules: analyser.versions().rules.to_string(),
        dictionary: analyser.versions().dictionary.to_string(),
        rows: rows.len(),
        data: vec![fingerprint(rows)],
        ..model.header.clone()
    };
    Ok(Trained { model: model.with_header(header), overall: overall(&task, &scores), quality, left_out })
}

/// Features and units of tickets; and the units with too few tickets.
///
/// # Errors
/// A row cannot be used, or there are too few rows or units.
pub fn unit_task(analyser: &Analyser, rows: &[UnitRow], threads: usize) -> Result<(Task, Vec<String>), TrainError> {
    if let Some(row) = rows.iter().position(|r| r.text.trim().is_empty() || r.unit.trim().is_empty()) {
        return Err(TrainError::EmptyText { row: row + 1 });
    }
    if rows.len() < LEAST_ROWS {
        return Err(TrainError::TooFewRows { rows: rows.len(), least: LEAST_ROWS });
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    rows.iter().for_each(|r| *counts.entry(&r.unit).or_default() += 1);
    let (kept, left_out): (Vec<_>, Vec<_>) = counts.into_iter().partition(|(_, n)| *n >= LEAST_TICKETS);
    if kept.len() < 2 && !left_out.is_empty() {
        let units = left_out.iter().take(NAMED).map(|(unit, _)| (*unit).to_owned()).collect::<Vec<_>>();
        return Err(TrainError::SingleRows { units: units.join(", "), least: LEAST_TICKETS });
    }
    if kept.len() < 2 {
        return Err(TrainError::OneClass(kept.first().map_or(String::new(), |k| k.0.to_owned())));
    }
    let features = in_parallel(rows, threads, |r| {
        let prepared = analyser.parse(&r.text, &Context::default());
        ticket::features(&prepared.text, &prepared.words)
    });
    let truth = |unit: &str| rows.iter().map(|r| r.unit == unit).collect();
    let labels = kept.into_iter().map(|(u, _)| (u.to_owned(), truth(u))).collect();
    let labels: Vec<(String, Vec<bool>)> = labels;
    let task = Task {
        rows: features,
        clause_shares: vec![0.0; labels.len()],
        labels,
        costs: vec![1.0; rows.len()],
        reference: vec![true; rows.len()],
    };
    Ok((task, left_out.into_iter().map(|(u, _)| u.to_owned()).collect()))
}

fn quality(task: &Task, scores: &[Scores]) -> Vec<ClassQuality> {
    let best: Vec<usize> = scores.iter().map(|s| order(&s.scores).first().copied().unwrap_or(0)).collect();
    let count = |label: usize, truth: &[bool]| {
        let named = best.iter().filter(|b| **b == label).count();
        let rows = truth.iter().filter(|t| **t).count();
        let hit = best.iter().zip(truth).filter(|(b, t)| **b == label && **t).count();
        let share = |whole: usize| if whole == 0 { 0.0 } else { hit as f32 / whole as f32 };
        (rows, share(named), share(rows))
    };
    let one = |(label, (name, truth)): (usize, &(String, Vec<bool>))| {
        let (rows, precision, recall) = count(label, truth);
        ClassQuality { label: name.clone(), rows, precision, recall }
    };
    task.labels.iter().enumerate().map(one).collect()
}

/// Share of tickets whose unit is named first, and among the first three.
fn overall(task: &Task, scores: &[Scores]) -> Vec<(&'static str, f32)> {
    let among = |most: usize| {
        let right = |row: usize, named: &Scores| {
            let mut first = order(&named.scores).into_iter().take(most);
            first.any(|label| task.labels.get(label).is_some_and(|l| l.1.get(row) == Some(&true)))
        };
        let hits = scores.iter().enumerate().filter(|(row, named)| right(*row, named)).count();
        hits as f32 / scores.len().max(1) as f32
    };
    vec![("top1", among(1)), ("top3", among(3))]
}

/// Labels by score, the best first.
pub fn order(scores: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores.get(*b).unwrap_or(&0.0).total_cmp(scores.get(*a).unwrap_or(&0.0)));
    order
}

fn fingerprint(rows: &[UnitRow]) -> String {
    let mut hash = xxhash_rust::xxh3::Xxh3Default::new();
    for row in rows {
        hash.update(row.text.as_bytes());
        hash.update(&[0]);
        hash.update(row.unit.as_bytes());
        hash.update(&[0]);
    }
    format!("{:016x}", hash.digest())
}

/// A trained router at work.
#[derive(Clone, Debug)]
pub struct Router {
    model: Model,
}

impl Router {
    /// Reads a router's file.
    ///
    /// # Errors
    /// It is no model, of another format, truncated, damaged, or tells causes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        Ok(Self { model: Model::from_bytes(bytes, Purpose::Unit)? })
    }

    /// Names this very model.
    pub fn fingerprint(&self) -> &str {
        self.model.fingerprint()
    }

    /// At most `most` units with their scores (shares of one over all units) for a clean text and its words as
    /// [`tingjian_schemas::Reading`] holds them, the best first.
    pub fn route(&self, text: &str, words: &str, most: usize) -> Vec<(&str, f32)> {
        let mut sums = Sums::default();
        self.model.score(&ticket::features(text, words), &mut sums);
        let raw = &sums.scores;
        let odds: Vec<f32> = raw.iter().map(|s| logistic(*s)).collect();
        let total: f32 = odds.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let named = order(raw).into_iter().take(most);
        named.filter_map(|i| Some((self.model.header.labels.get(i)?.name.as_str(), odds.get(i)? / total))).collect()
    }
}
