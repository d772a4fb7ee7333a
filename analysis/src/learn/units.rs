//! Training and using a router: which unit is responsible for a ticket.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::{
    causes::{ClassQuality, TrainError, Trained},
    features::{CLAUSE_WORTH, WORTH},
    model::{Header, Label, Model, ModelError, Purpose},
    order::Order,
    svm::{Plane, Rows, separate},
    ticket::{Run, runs},
    train::{TrainOptions, in_parallel, scale},
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
/// A run of characters must occur in so many tickets.
const LEAST_TICKETS_OF_RUN: u32 = 2;
/// Places, firms and matters are many: a router keeps so many runs, those with the largest weights.
const MOST_RUNS: usize = 60_000;
/// The last label of a router's model: how rare every run is. No unit is called so, since a row's unit is never empty.
const RARITY: &str = "";
/// What a mistake costs against large weights. Found by cross-validation.
const COST: f32 = 0.5;
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
    let (lesson, left_out) = Lesson::new(analyser, rows, options.threads)?;
    let scores = lesson.out_of_fold(options);
    let slope = slope(&scores, &lesson.truth);
    let model = lesson.fit(|_| true, options.threads).pack(&lesson.units, slope);
    let header = Header {
        rules: analyser.versions().rules.to_string(),
        dictionary: analyser.versions().dictionary.to_string(),
        rows: rows.len(),
        data: vec![fingerprint(rows)],
        ..model.header.clone()
    };
    let ranked: Vec<Vec<usize>> = scores.iter().map(|s| order(s)).collect();
    let quality = quality(&lesson, &ranked);
    let overall = vec![("top1", among(&lesson, &ranked, 1)), ("top3", among(&lesson, &ranked, 3))];
    Ok(Trained { model: model.with_header(header), overall, quality, left_out })
}

/// Tickets and the places of their units.
struct Lesson {
    tickets: Vec<Vec<Run>>,
    units: Vec<String>,
    /// Per ticket; `None` where the unit has too few.
    truth: Vec<Option<usize>>,
}

impl Lesson {
    fn new(analyser: &Analyser, rows: &[UnitRow], threads: usize) -> Result<(Self, Vec<String>), TrainError> {
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
        let units: Vec<String> = kept.into_iter().map(|(unit, _)| unit.to_owned()).collect();
        let truth = rows.iter().map(|r| units.binary_search(&r.unit).ok()).collect();
        let tickets = in_parallel(rows, threads, |r| runs(&analyser.parse(&r.text, &Context::default()).text));
        Ok((Self { tickets, units, truth }, left_out.into_iter().map(|(unit, _)| unit.to_owned()).collect()))
    }

    /// Learns from the tickets at places that `used` says yes to.
    fn fit(&self, used: impl Fn(usize) -> bool, threads: usize) -> Fit {
        let used: Vec<usize> = (0..self.tickets.len()).filter(|row| used(*row)).collect();
        let tickets = || used.iter().filter_map(|row| self.tickets.get(*row));
        let columns = Columns::of(tickets());
        let mut rows = Rows::default();
        tickets().for_each(|ticket| rows.push(columns.cells(ticket)));
        let truth: Vec<Option<usize>> = used.iter().map(|row| self.truth.get(*row).copied().flatten()).collect();
        let units: Vec<usize> = (0..self.units.len()).collect();
        let width = columns.hashes.len();
        let planes = in_parallel(&units, threads, |unit| {
            separate(&rows, width, COST, |row| truth.get(row) == Some(&Some(*unit)))
        });
        Fit { columns, planes }
    }

    /// Every ticket's scores by a fit that has not seen it.
    fn out_of_fold(&self, options: &TrainOptions) -> Vec<Vec<f32>> {
        let mut scores = vec![Vec::new(); self.tickets.len()];
        for fold in 0..options.folds {
            let fit = self.fit(|row| row % options.folds != fold, options.threads);
            let own = scores.iter_mut().zip(&self.tickets).enumerate().filter(|(row, _)| row % options.folds == fold);
            own.for_each(|(_, (out, ticket))| *out = fit.score(ticket));
        }
        scores
    }
}

/// The runs that are looked at.
struct Columns {
    hashes: Vec<u32>,
    /// Inverse document frequency, as scikit-learn smooths it: 1 + ln((1 + tickets) / (1 + tickets with the run)).
    rarities: Vec<f32>,
}

impl Columns {
    fn of<'t>(tickets: impl Iterator<Item = &'t Vec<Run>>) -> Self {
        let mut counts: HashMap<u32, u32> = HashMap::new();
        let mut all = 1f32;
        for ticket in tickets {
            all += 1.0;
            ticket.iter().for_each(|run| *counts.entry(run.hash).or_default() += 1);
        }
        let mut kept: Vec<(u32, u32)> = counts.into_iter().filter(|(_, n)| *n >= LEAST_TICKETS_OF_RUN).collect();
        kept.sort_unstable();
        let rarities = kept.iter().map(|(_, n)| 1.0 + (all / (1.0 + *n as f32)).ln()).collect();
        Self { hashes: kept.into_iter().map(|(hash, _)| hash).collect(), rarities }
    }

    /// A ticket's columns, together of length one, so that long tickets do not shout.
    fn cells(&self, ticket: &[Run]) -> Vec<(u32, f32)> {
        let cell = |run: &Run| {
            let column = self.hashes.binary_search(&run.hash).ok()?;
            Some((column as u32, run.value * self.rarities.get(column)?))
        };
        let mut cells: Vec<(u32, f32)> = ticket.iter().filter_map(cell).collect();
        let length = cells.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        cells.iter_mut().for_each(|(_, value)| *value /= length);
        cells
    }
}

/// What was learnt, in full precision.
struct Fit {
    columns: Columns,
    planes: Vec<Plane>,
}

impl Fit {
    fn score(&self, ticket: &[Run]) -> Vec<f32> {
        let cells = self.columns.cells(ticket);
        self.planes.iter().map(|plane| plane.score(&cells)).collect()
    }

    /// The strongest runs, as small integers.
    fn pack(&self, units: &[String], slope: f32) -> Model {
        let kept = self.strongest();
        let rarities = (0.0, &self.columns.rarities);
        let rows: Vec<(f32, &Vec<f32>)> =
            self.planes.iter().map(|plane| (plane.bias, &plane.weights)).chain([rarities]).collect();
        let scales: Vec<f32> = rows.iter().map(|(_, weights)| scale(weights)).collect();
        let mut packed = Vec::with_capacity(kept.len() * rows.len());
        for column in &kept {
            let small = |((_, weights), scale): (&(f32, &Vec<f32>), &f32)| {
                (weights.get(*column).copied().unwrap_or(0.0) / scale).round() as i8
            };
            packed.extend(rows.iter().zip(&scales).map(small));
        }
        let names = units.iter().map(String::as_str).chain([RARITY]);
        let labels = names.zip(rows.iter().zip(&scales)).map(|(name, ((bias, _), scale))| Label {
            name: name.to_owned(),
            bias: *bias,
            scale: *scale,
            clause_bias: 0.0,
            clause_scale: 0.0,
            clause_share: 0.0,
            slope,
            offset: 0.0,
            threshold: 0.5,
            worth: 0.0,
        });
        let header = Header {
            purpose: Purpose::Unit,
            labels: labels.collect(),
            rules: String::new(),
            dictionary: String::new(),
            rows: 0,
            data: Vec::new(),
            worth: WORTH,
            clause_worth: CLAUSE_WORTH,
            order: Order::default(),
            features: 0,
        };
        Model::new(header, kept.iter().filter_map(|column| self.columns.hashes.get(*column)).copied().collect(), packed)
    }

    /// The columns whose weights are largest over all units, in order.
    fn strongest(&self) -> Vec<usize> {
        let mut strengths: Vec<(usize, f32)> = (0..self.columns.hashes.len()).map(|column| (column, 0.0)).collect();
        for plane in &self.planes {
            strengths.iter_mut().zip(&plane.weights).for_each(|((_, sum), weight)| *sum += weight * weight);
        }
        strengths.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        strengths.truncate(MOST_RUNS);
        let mut kept: Vec<usize> = strengths.into_iter().map(|(column, _)| column).collect();
        kept.sort_unstable();
        kept
    }
}

/// Steps of gradient ascent.
const STEPS: usize = 100;
/// Size of a step.
const STEP: f32 = 4.0;

/// By what scores are multiplied so that their softmax is how likely each unit is.
fn slope(scores: &[Vec<f32>], truth: &[Option<usize>]) -> f32 {
    let known: Vec<(&Vec<f32>, f32)> =
        scores.iter().zip(truth).filter_map(|(scores, unit)| Some((scores, *scores.get((*unit)?)?))).collect();
    let mut slope = 4f32;
    for _ in 0..STEPS {
        let mut change = 0f32;
        for (scores, own) in &known {
            let shares = softmax(&scores.iter().map(|score| slope * score).collect::<Vec<_>>());
            change += own - shares.iter().zip(*scores).map(|(share, score)| share * score).sum::<f32>();
        }
        slope += STEP * change / known.len().max(1) as f32;
    }
    slope
}

/// Shares of one by their logarithms.
fn softmax(log_odds: &[f32]) -> Vec<f32> {
    let most = log_odds.iter().copied().fold(f32::MIN, f32::max);
    let odds: Vec<f32> = log_odds.iter().map(|z| (z - most).exp()).collect();
    let total = odds.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    odds.into_iter().map(|o| o / total).collect()
}

fn quality(lesson: &Lesson, ranked: &[Vec<usize>]) -> Vec<ClassQuality> {
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f32 / whole as f32 };
    let one = |(unit, name): (usize, &String)| {
        let named = |ranked: &&Vec<usize>| ranked.first() == Some(&unit);
        let rows = lesson.truth.iter().filter(|t| **t == Some(unit)).count();
        let hit = ranked.iter().zip(&lesson.truth).filter(|(r, t)| named(r) && **t == Some(unit)).count();
        let named = ranked.iter().filter(named).count();
        ClassQuality { label: name.clone(), rows, precision: share(hit, named), recall: share(hit, rows) }
    };
    lesson.units.iter().enumerate().map(one).collect()
}

/// Share of tickets whose unit is named among the first `most`.
fn among(lesson: &Lesson, ranked: &[Vec<usize>], most: usize) -> f32 {
    let right = |(ranked, unit): &(&Vec<usize>, &Option<usize>)| ranked.iter().take(most).any(|u| Some(*u) == **unit);
    let hits = ranked.iter().zip(&lesson.truth).filter(right).count();
    hits as f32 / ranked.len().max(1) as f32
}

/// Units by score, the best first.
fn order(scores: &[f32]) -> Vec<usize> {
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

    /// At most `most` units with their scores (shares of one over all units) for a clean text, the best first.
    pub fn route(&self, text: &str, most: usize) -> Vec<(&str, f32)> {
        let shares = softmax(&self.log_odds(text));
        let named = order(&shares).into_iter().take(most);
        named.filter_map(|i| Some((self.model.header.labels.get(i)?.name.as_str(), *shares.get(i)?))).collect()
    }

    fn log_odds(&self, text: &str) -> Vec<f32> {
        let Some((rarity, units)) = self.model.header.labels.split_last() else { return Vec::new() };
        let mut sums = vec![0f32; units.len()];
        let mut squares = 0f32;
        for run in runs(text) {
            let Some(place) = self.model.place(run.hash) else { continue };
            let value = run.value * self.model.weight(place, units.len()).0 * rarity.scale;
            squares += value * value;
            let weights = self.model.row(place);
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += f32::from(*weight) * value);
        }
        let length = squares.sqrt().max(f32::MIN_POSITIVE);
        units.iter().zip(sums).map(|(label, sum)| label.odds(label.bias + label.scale * sum / length)).collect()
    }
}
