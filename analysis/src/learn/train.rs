//! Training: from labelled rows to a model, with cross-validated quality.

use std::{
    collections::{BTreeMap, HashMap},
    thread,
};

use super::{
    calibrate,
    clausewise::{Bag, LANES, Lanes, Lesson, Pace, Weights, learn, pooled},
    features::{CLAUSE_WORTH, Feature, GROUPS, Group, WORTH, Worth, values},
    model::{Header, Label, Model, Purpose},
    order::Order,
    svm::{Plane, Rows, separate},
};

/// How training is done.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainOptions {
    /// Threads.
    pub threads: usize,
    /// Folds of cross-validation.
    pub folds: usize,
    /// A feature must occur in so many rows.
    pub least_rows: u32,
    /// The model keeps at most so many features.
    pub most_features: usize,
    /// What the groups of features are worth in a text.
    pub worth: Worth,
    /// What they are worth in a clause.
    pub clause_worth: Worth,
    /// How texts are learnt.
    pub text_pace: Pace,
    /// How clauses are learnt.
    pub pace: Pace,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            threads: 2,
            folds: 3,
            least_rows: 3,
            most_features: 24_000,
            worth: WORTH,
            clause_worth: CLAUSE_WORTH,
            text_pace: Pace { passes: 15, step: 0.1, cost: 8.0, start: 0.0 },
            // A clause alone seldom states a given label.
            pace: Pace { passes: 12, step: 0.1, cost: 8.0, start: -4.0 },
        }
    }
}

/// Rows as features, and what each label says of them.
#[derive(Clone, Debug, Default)]
pub struct Task {
    /// Features per row.
    pub rows: Vec<Vec<Feature>>,
    /// Label names, and per row whether it holds.
    pub labels: Vec<(String, Vec<bool>)>,
    /// Per label, the clauses' part in its score.
    pub clause_shares: Vec<f32>,
    /// Per row what a mistake on it costs.
    pub costs: Vec<f32>,
    /// Rows that quality and thresholds are measured on.
    pub reference: Vec<bool>,
}

/// What a mistake costs against large weights of runs of characters. Found by cross-validation.
const LETTERS_COST: f32 = 0.3;
/// What their score counts for beside the others'. Found by cross-validation.
const LETTERS_PART: f32 = 3.0;
/// A model keeps so many of them, those with the largest weights.
const MOST_LETTERS: usize = 20_000;

/// What was learnt of runs of characters: planes beside the logistic regression of all other features, since two that
/// learn differently are right where one alone is not.
#[derive(Clone, Debug)]
struct Letters {
    columns: HashMap<u32, u32>,
    /// Per label.
    planes: Vec<Plane>,
}

/// Weights in full precision.
#[derive(Clone, Debug)]
pub struct Fit {
    /// Of the columns from 1 on.
    hashes: Vec<u32>,
    letters: Letters,
    /// For texts, sixteen labels each.
    texts: Vec<Weights>,
    /// For clauses.
    clauses: Vec<Weights>,
    /// Per label, the clauses' part in its score.
    shares: Vec<f32>,
    worth: Worth,
    clause_worth: Worth,
}

/// What a model says of one row, per label.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// Raw scores.
    pub scores: Vec<f32>,
    /// Where the clause stands that states the label most clearly: 0 the first, towards 1 the last.
    pub places: Vec<f32>,
}

impl Task {
    /// Features of enough rows, counted from 1: runs of characters, or all others.
    fn columns(&self, least_rows: u32, used: &[bool], letters: bool) -> HashMap<u32, u32> {
        let mut counts: HashMap<u32, (u32, usize)> = HashMap::new();
        for (number, row) in self.rows.iter().enumerate().filter(|(i, _)| used.get(*i).copied().unwrap_or(false)) {
            for feature in row.iter().filter(|f| (f.group == Group::Letters) == letters) {
                let slot = counts.entry(feature.hash).or_insert((0, usize::MAX));
                if slot.1 != number {
                    *slot = (slot.0 + 1, number);
                }
            }
        }
        let mut kept: Vec<u32> = counts.into_iter().filter(|(_, (n, _))| *n >= least_rows).map(|(h, _)| h).collect();
        kept.sort_unstable();
        kept.into_iter().zip(1..).collect()
    }

    /// Fits every label on the rows marked in `used`.
    pub fn fit(&self, used: &[bool], options: &TrainOptions) -> Fit {
        let columns = self.columns(options.least_rows, used, false);
        let mut hashes = vec![0u32; columns.len()];
        for (hash, column) in &columns {
            hashes.get_mut(*column as usize - 1).into_iter().for_each(|slot| *slot = *hash);
        }
        let costs: Vec<f32> = self.costs.iter().zip(used).map(|(c, u)| if *u { *c } else { 0.0 }).collect();
        let texts: Vec<Bag> = self.rows.iter().map(|r| text(r, &columns, &options.worth)).collect();
        let clauses: Vec<Bag> = self.rows.iter().map(|r| bag(r, &columns, &options.clause_worth)).collect();
        let width = columns.len() + 1;
        let views = [(&texts, options.text_pace), (&clauses, options.pace)];
        let views = views.map(|(bags, pace)| (bags, pace, rows_of(bags, &costs, width)));
        let truths: Vec<Vec<Lanes>> = self.labels.chunks(LANES).map(|labels| truth(labels, self.rows.len())).collect();
        let wanted = self.clause_shares.chunks(LANES).map(|shares| [true, shares.iter().any(|s| *s > 0.0)]);
        let jobs: Vec<_> = truths
            .iter()
            .zip(wanted)
            .flat_map(|(truth, wanted)| views.iter().zip(wanted).map(move |(view, wanted)| (truth, view, wanted)))
            .collect();
        let mut learnt = in_parallel(&jobs, options.threads, |(truth, (bags, pace, rows_of), wanted)| {
            let width = if *wanted { width } else { 0 };
            let pace = Pace { passes: if *wanted { pace.passes } else { 0 }, ..*pace };
            learn(&Lesson { bags, width, truth, costs: &costs, rows_of }, pace)
        })
        .into_iter();
        let mut fit = Fit {
            hashes,
            letters: self.letters(used, options),
            texts: Vec::new(),
            clauses: Vec::new(),
            shares: self.clause_shares.clone(),
            worth: options.worth,
            clause_worth: options.clause_worth,
        };
        while let (Some(text), Some(clause)) = (learnt.next(), learnt.next()) {
            fit.texts.push(text);
            fit.clauses.push(clause);
        }
        fit
    }

    /// Learns runs of characters, on the rows marked in `used`.
    fn letters(&self, used: &[bool], options: &TrainOptions) -> Letters {
        let columns = self.columns(options.least_rows, used, true);
        let used: Vec<usize> = (0..self.rows.len()).filter(|row| used.get(*row) == Some(&true)).collect();
        let mut rows = Rows::default();
        used.iter().filter_map(|row| self.rows.get(*row)).for_each(|row| rows.push(letters(row, &columns)));
        let planes = in_parallel(&self.labels, options.threads, |(_, holds)| {
            let holds = |row: usize| used.get(row).and_then(|row| holds.get(*row)) == Some(&true);
            separate(&rows, columns.len() + 1, LETTERS_COST, holds)
        });
        Letters { columns, planes }
    }

    /// Scores of every row by models that have not seen it: row by label. Rows outside the reference stay empty.
    pub fn out_of_fold(&self, options: &TrainOptions) -> Vec<Scores> {
        let mut scores = vec![Scores::default(); self.rows.len()];
        let mut fold_of = vec![usize::MAX; self.rows.len()];
        let reference = self.reference.iter().enumerate().filter(|(_, r)| **r).map(|(i, _)| i);
        for (n, row) in reference.enumerate() {
            if let Some(fold) = fold_of.get_mut(row) {
                *fold = n % options.folds;
            }
        }
        for fold in 0..options.folds {
            let used: Vec<bool> = fold_of.iter().map(|f| *f != fold).collect();
            let fit = self.fit(&used, options);
            let index: HashMap<u32, u32> = fit.hashes.iter().copied().zip(1..).collect();
            for ((row, _), out) in self.rows.iter().zip(&fold_of).zip(&mut scores).filter(|((_, f), _)| **f == fold) {
                *out = fit.score(row, &index);
            }
        }
        scores
    }
}

/// Per row 1 for the labels that hold, 0 for the others.
fn truth(labels: &[(String, Vec<bool>)], rows: usize) -> Vec<Lanes> {
    let mut out = vec![[0f32; LANES]; rows];
    for (lane, (_, holds)) in labels.iter().enumerate() {
        for (row, _) in out.iter_mut().zip(holds).filter(|(_, holds)| **holds) {
            row.get_mut(lane).into_iter().for_each(|slot| *slot = 1.0);
        }
    }
    out
}

/// A row's runs of characters.
fn letters(row: &[Feature], columns: &HashMap<u32, u32>) -> Vec<(u32, f32)> {
    let runs = || row.iter().filter(|f| f.group == Group::Letters);
    let value = 1.0 / (runs().count().max(1) as f32).sqrt();
    let mut cells: BTreeMap<u32, f32> = BTreeMap::new();
    for column in runs().filter_map(|run| columns.get(&run.hash)) {
        *cells.entry(*column).or_default() += value;
    }
    cells.into_iter().collect()
}

/// A row as one clause.
fn text(row: &[Feature], columns: &HashMap<u32, u32>, worth: &Worth) -> Bag {
    let worth = values(row, worth);
    let mut cells: BTreeMap<u32, f32> = BTreeMap::new();
    for feature in row {
        if let (Some(column), Some(value)) = (columns.get(&feature.hash), worth.get(feature.group as usize)) {
            *cells.entry(*column).or_default() += value;
        }
    }
    let cells: Vec<(u32, f32)> = cells.into_iter().collect();
    Bag { ends: vec![cells.len() as u32], cells, whole: Vec::new() }
}

/// A row's clauses, and its form as a whole.
fn bag(row: &[Feature], columns: &HashMap<u32, u32>, worth: &Worth) -> Bag {
    let mut inside: BTreeMap<u16, Vec<&Feature>> = BTreeMap::new();
    let mut bag = Bag::default();
    for feature in row.iter().filter(|f| f.group != Group::Letters) {
        if feature.group != Group::Shape {
            inside.entry(feature.clause).or_default().push(feature);
        } else if let (Some(column), Some(worth)) = (columns.get(&feature.hash), worth.get(feature.group as usize)) {
            bag.whole.push((*column, worth.0));
        }
    }
    for features in inside.values() {
        let mut counts = [0f32; GROUPS];
        features.iter().for_each(|f| counts.get_mut(f.group as usize).into_iter().for_each(|c| *c += 1.0));
        for feature in features {
            let group = feature.group as usize;
            let Some((column, ((weight, power), count))) =
                columns.get(&feature.hash).zip(worth.get(group).zip(counts.get(group)))
            else {
                continue;
            };
            bag.cells.push((*column, weight / count.powf(*power)));
        }
        bag.ends.push(bag.cells.len() as u32);
    }
    bag
}

/// In how many of the rows that count each column occurs.
fn rows_of(bags: &[Bag], costs: &[f32], width: usize) -> Vec<u32> {
    let mut rows = vec![0u32; width];
    let mut last = vec![usize::MAX; width];
    for (number, (bag, _)) in bags.iter().zip(costs).enumerate().filter(|(_, (_, c))| **c > 0.0) {
        for (column, _) in bag.cells.iter().chain(&bag.whole) {
            if let (Some(n), Some(seen)) = (rows.get_mut(*column as usize), last.get_mut(*column as usize)) {
                *n += u32::from(*seen != number);
                *seen = number;
            }
        }
    }
    rows
}

impl Fit {
    fn score(&self, row: &[Feature], index: &HashMap<u32, u32>) -> Scores {
        let text = text(row, index, &self.worth);
        let bag = bag(row, index, &self.clause_worth);
        let runs = letters(row, &self.letters.columns);
        let (mut shares, mut out) = (Vec::new(), Scores::default());
        let labels = self.shares.chunks(LANES).zip(self.texts.iter().zip(&self.clauses));
        for (parts, (of_texts, of_clauses)) in labels {
            let whole = pooled(&text, &of_texts.bias, |at| of_texts.columns.get(at), &mut shares);
            let clause = pooled(&bag, &of_clauses.bias, |at| of_clauses.columns.get(at), &mut shares);
            for (lane, (part, (whole, clause))) in parts.iter().zip(whole.iter().zip(clause)).enumerate() {
                let of_lane = shares.iter().enumerate().map(|(i, s)| (i, s.get(lane).copied().unwrap_or(0.0)));
                let best = of_lane.fold((0, -1.0), |best, this| if this.1 > best.1 { this } else { best });
                let of_runs = self.letters.planes.get(out.scores.len()).map_or(0.0, |plane| plane.score(&runs));
                let others = if *part > 0.0 { part * clause + (1.0 - part) * whole } else { *whole };
                out.scores.push(others + LETTERS_PART * of_runs);
                out.places.push(best.0 as f32 / shares.len().max(1) as f32);
            }
        }
        out
    }

    /// A label's weights for texts and for clauses, bias first.
    fn of_label(&self, label: usize) -> (Vec<f32>, Vec<f32>) {
        let of = |all: &[Weights]| -> Vec<f32> {
            let Some(weights) = all.get(label / LANES) else { return Vec::new() };
            let lane = |lanes: &Lanes| lanes.get(label % LANES).copied().unwrap_or(0.0);
            std::iter::once(lane(&weights.bias)).chain(weights.columns.iter().skip(1).map(lane)).collect()
        };
        (of(&self.texts), of(&self.clauses))
    }

    /// Keeps the features that matter most, as small integers.
    pub fn pack(&self, purpose: Purpose, names: &[String], quality: &[calibrate::Calibration], most: usize) -> Model {
        let mut labels: Vec<(f32, Vec<f32>, Vec<f32>)> = (self.shares.iter().enumerate())
            .map(|(label, share)| {
                let (text, clause) = self.of_label(label);
                (*share, text, if *share > 0.0 { clause } else { vec![0.0] })
            })
            .collect();
        let mut kept: Vec<(u32, usize)> = self.strongest(&labels, most);
        kept.extend(self.letters.add_to(&mut labels, &kept, self.hashes.len() + 1));
        kept.sort_unstable();
        let hashes = kept.iter().map(|(hash, _)| *hash).collect();
        let mut packed = Vec::with_capacity(kept.len() * names.len() * 2);
        let by_clause = self.shares.iter().rposition(|share| *share > 0.0).map_or(0, |last| last + 1);
        let scales: Vec<(f32, f32)> =
            labels.iter().map(|(_, t, c)| (scale(columns_of(t)), scale(columns_of(c)))).collect();
        for (_, column) in &kept {
            let small = |w: &[f32], scale: f32| (w.get(*column).copied().unwrap_or(0.0) / scale).round() as i8;
            packed.extend(labels.iter().zip(&scales).map(|((_, t, _), s)| small(t, s.0)));
            packed.extend(labels.iter().zip(&scales).take(by_clause).map(|((_, _, c), s)| small(c, s.1)));
        }
        let named = names.iter().zip(quality).zip(labels.iter().zip(&scales));
        let labels = named.map(|((name, q), ((share, text, clause), scale))| Label {
            name: name.clone(),
            bias: text.first().copied().unwrap_or(0.0),
            scale: scale.0,
            clause_bias: clause.first().copied().unwrap_or(0.0),
            clause_scale: scale.1,
            clause_share: *share,
            slope: q.slope,
            offset: q.offset,
            threshold: q.threshold,
            worth: 0.0,
        });
        let header = Header {
            purpose,
            labels: labels.collect(),
            rules: String::new(),
            dictionary: String::new(),
            rows: 0,
            data: Vec::new(),
            worth: self.worth,
            clause_worth: self.clause_worth,
            order: Order::default(),
            features: 0,
        };
        Model::new(header, hashes, packed)
    }

    /// Hashes and columns of the features whose weights are largest over all labels.
    fn strongest(&self, labels: &[(f32, Vec<f32>, Vec<f32>)], most: usize) -> Vec<(u32, usize)> {
        let strength = |column: usize| -> f32 {
            let at = |w: &Vec<f32>| w.get(column).copied().unwrap_or(0.0).powi(2);
            labels.iter().map(|(share, t, c)| (1.0 - share) * at(t) + share * at(c)).sum()
        };
        let columns = self.hashes.iter().enumerate().map(|(at, hash)| (*hash, at + 1, strength(at + 1))).collect();
        largest(columns, most)
    }
}

impl Letters {
    /// Adds the strongest columns to the labels' weights for texts, from `next` on, and the bias to the bias; returns
    /// hashes and columns. A hash that is `taken` is left out.
    fn add_to(
        &self,
        labels: &mut [(f32, Vec<f32>, Vec<f32>)],
        taken: &[(u32, usize)],
        next: usize,
    ) -> Vec<(u32, usize)> {
        let taken: std::collections::HashSet<u32> = taken.iter().map(|(hash, _)| *hash).collect();
        let strength = |column: u32| -> f32 {
            self.planes.iter().filter_map(|plane| plane.weights.get(column as usize)).map(|w| w * w).sum()
        };
        let columns = self.columns.iter().filter(|(hash, _)| !taken.contains(hash));
        let kept = largest(columns.map(|(hash, c)| (*hash, *c as usize, strength(*c))).collect(), MOST_LETTERS);
        for ((share, text, _), plane) in labels.iter_mut().zip(&self.planes) {
            // The clauses have no part in these.
            let part = LETTERS_PART / (1.0 - *share);
            text.resize(next, 0.0);
            text.first_mut().into_iter().for_each(|bias| *bias += part * plane.bias);
            text.extend(kept.iter().map(|(_, column)| part * plane.weights.get(*column).copied().unwrap_or(0.0)));
        }
        kept.into_iter().zip(next..).map(|((hash, _), column)| (hash, column)).collect()
    }
}

/// Hashes and columns of the largest strengths.
fn largest(mut columns: Vec<(u32, usize, f32)>, most: usize) -> Vec<(u32, usize)> {
    columns.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    columns.truncate(most);
    columns.into_iter().map(|(hash, column, _)| (hash, column)).collect()
}

/// Weights without the bias before them.
fn columns_of(weights: &[f32]) -> &[f32] {
    weights.get(1..).unwrap_or_default()
}

/// What one step of a small integer is worth.
pub(super) fn scale(weights: &[f32]) -> f32 {
    weights.iter().fold(0f32, |m, x| m.max(x.abs())).max(f32::MIN_POSITIVE) / 127.0
}

/// Applies `work` to every item on some threads; results in the items' order.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let size = items.len().div_ceil(threads.max(1)).max(1);
    let work = &work;
    let done = thread::scope(|scope| {
        let parts: Vec<_> =
            items.chunks(size).map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>())).collect();
        parts.into_iter().map(|p| p.join()).collect::<Result<Vec<_>, _>>()
    });
    match done {
        Ok(parts) => parts.into_iter().flatten().collect(),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
