//! Training: from labelled rows to a model, with cross-validated quality.

use std::{
    collections::{BTreeMap, HashMap},
    thread,
};

use super::{
    calibrate,
    clausewise::{Bag, Pace, learn, pooled},
    features::{CLAUSE_WORTH, Feature, GROUPS, Group, WORTH, Worth, values},
    linear::{Matrix, logistic},
    model::{Header, Label, Model, Purpose},
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
    /// How much a mistake costs against large weights (LIBLINEAR's C).
    pub cost: f32,
    /// The model keeps at most so many features.
    pub most_features: usize,
    /// What the groups of features are worth in a text.
    pub worth: Worth,
    /// What they are worth in a clause.
    pub clause_worth: Worth,
    /// How clauses are learnt.
    pub pace: Pace,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            threads: 2,
            folds: 3,
            least_rows: 2,
            cost: 2.0,
            most_features: 18_000,
            worth: WORTH,
            clause_worth: CLAUSE_WORTH,
            pace: Pace { passes: 15, step: 0.1, cost: 2.0 },
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
    /// Per row what a mistake on it costs, relative to `cost`.
    pub costs: Vec<f32>,
    /// Rows that quality and thresholds are measured on.
    pub reference: Vec<bool>,
}

/// Weights in full precision.
#[derive(Clone, Debug)]
pub struct Fit {
    hashes: Vec<u32>,
    /// Per label: bias, then a weight per hash.
    texts: Vec<Vec<f32>>,
    /// Per label: the part of the clauses in its score, bias, a weight per hash.
    clauses: Vec<(f32, f32, Vec<f32>)>,
    worth: Worth,
    clause_worth: Worth,
}

/// The column of the bias.
const BIAS: u32 = 0;

impl Task {
    fn columns(&self, least_rows: u32, used: &[bool]) -> HashMap<u32, u32> {
        let mut counts: HashMap<u32, (u32, usize)> = HashMap::new();
        for (number, row) in self.rows.iter().enumerate().filter(|(i, _)| used.get(*i).copied().unwrap_or(false)) {
            for feature in row {
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

    fn matrix(&self, columns: &HashMap<u32, u32>, worth: &Worth) -> Matrix {
        let mut matrix = Matrix::new(columns.len() + 1);
        let mut row_values: HashMap<u32, f32> = HashMap::new();
        for row in &self.rows {
            let worth: [f32; GROUPS] = values(row, worth);
            row_values.clear();
            for feature in row {
                if let (Some(column), Some(value)) = (columns.get(&feature.hash), worth.get(feature.group as usize)) {
                    *row_values.entry(*column).or_default() += value;
                }
            }
            let mut cells: Vec<(u32, f32)> = row_values.iter().map(|(c, v)| (*c, *v)).collect();
            cells.sort_unstable_by_key(|c| c.0);
            matrix.push(std::iter::once((BIAS, 1.0)).chain(cells));
        }
        matrix
    }

    /// Fits every label on the rows marked in `used`.
    pub fn fit(&self, used: &[bool], options: &TrainOptions) -> Fit {
        let columns = self.columns(options.least_rows, used);
        let matrix = self.matrix(&columns, &options.worth);
        let plain: Vec<f32> = self.costs.iter().zip(used).map(|(c, u)| if *u { *c } else { 0.0 }).collect();
        let costs: Vec<f32> = plain.iter().map(|c| c * options.cost).collect();
        let mut hashes = vec![0u32; columns.len()];
        for (hash, column) in &columns {
            if let Some(slot) = hashes.get_mut(*column as usize - 1) {
                *slot = *hash;
            }
        }
        let texts = in_parallel(&self.labels, options.threads, |(_, positive)| logistic(&matrix, positive, &costs));
        let bags: Vec<Bag> = self.rows.iter().map(|r| bag(r, &columns, &options.clause_worth)).collect();
        let rows_of = rows_of(&bags, &plain, columns.len() + 1);
        let jobs: Vec<(f32, &Vec<bool>)> =
            self.clause_shares.iter().copied().zip(self.labels.iter().map(|l| &l.1)).collect();
        let clauses = in_parallel(&jobs, options.threads, |(share, positive)| {
            if *share == 0.0 {
                return (0.0, 0.0, Vec::new());
            }
            let (bias, weights) = learn(&bags, columns.len() + 1, positive, &plain, &rows_of, options.pace);
            (*share, bias, weights)
        });
        Fit { hashes, texts, clauses, worth: options.worth, clause_worth: options.clause_worth }
    }

    /// Scores of every row by models that have not seen it: row by label. Rows outside the reference stay empty.
    pub fn out_of_fold(&self, options: &TrainOptions) -> Vec<Vec<f32>> {
        let mut scores = vec![Vec::new(); self.rows.len()];
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

/// A row's clauses, and its form as a whole.
fn bag(row: &[Feature], columns: &HashMap<u32, u32>, worth: &Worth) -> Bag {
    let mut inside: BTreeMap<u16, Vec<&Feature>> = BTreeMap::new();
    let mut bag = Bag::default();
    for feature in row {
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
    fn score(&self, row: &[Feature], index: &HashMap<u32, u32>) -> Vec<f32> {
        let worth = values(row, &self.worth);
        let cells: Vec<(usize, f32)> = row
            .iter()
            .filter_map(|f| Some((*index.get(&f.hash)? as usize, worth.get(f.group as usize).copied()?)))
            .collect();
        let bag = bag(row, index, &self.clause_worth);
        let mut shares = Vec::new();
        let mut one = |(text, (share, bias, clause)): (&Vec<f32>, &(f32, f32, Vec<f32>))| {
            let whole = text.first().copied().unwrap_or(0.0)
                + cells.iter().map(|(c, v)| text.get(*c).copied().unwrap_or(0.0) * v).sum::<f32>();
            if *share == 0.0 { whole } else { share * pooled(&bag, *bias, clause, &mut shares) + (1.0 - share) * whole }
        };
        self.texts.iter().zip(&self.clauses).map(&mut one).collect()
    }

    /// Keeps the features that matter most, as small integers.
    pub fn pack(&self, purpose: Purpose, names: &[String], quality: &[calibrate::Calibration], most: usize) -> Model {
        let scales: Vec<(f32, f32)> =
            self.texts.iter().zip(&self.clauses).map(|(t, c)| (scale(t), scale(&c.2))).collect();
        let strength = |column: usize| -> f32 {
            let at = |w: &Vec<f32>| w.get(column).copied().unwrap_or(0.0).powi(2);
            self.texts.iter().zip(&self.clauses).map(|(t, c)| (1.0 - c.0) * at(t) + c.0 * at(&c.2)).sum()
        };
        let mut order: Vec<(usize, f32)> = (1..=self.hashes.len()).map(|c| (c, strength(c))).collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        order.truncate(most);
        order.sort_unstable_by_key(|o| o.0);
        let mut hashes = Vec::with_capacity(order.len());
        let mut packed = Vec::with_capacity(order.len() * names.len() * 2);
        for (column, _) in order {
            hashes.extend(self.hashes.get(column - 1));
            let small = |w: &[f32], scale: f32| (w.get(column).copied().unwrap_or(0.0) / scale).round() as i8;
            packed.extend(self.texts.iter().zip(&scales).map(|(w, s)| small(w, s.0)));
            packed.extend(self.clauses.iter().zip(&scales).map(|(w, s)| small(&w.2, s.1)));
        }
        let mut labels = Vec::with_capacity(names.len());
        for ((name, q), ((text, clause), scale)) in
            names.iter().zip(quality).zip(self.texts.iter().zip(&self.clauses).zip(&scales))
        {
            labels.push(Label {
                name: name.clone(),
                bias: text.first().copied().unwrap_or(0.0),
                scale: scale.0,
                clause_bias: clause.1,
                clause_scale: scale.1,
                clause_share: clause.0,
                slope: q.slope,
                offset: q.offset,
                threshold: q.threshold,
            });
        }
        let header = Header {
            purpose,
            labels,
            rules: String::new(),
            dictionary: String::new(),
            rows: 0,
            data: Vec::new(),
            worth: self.worth,
            clause_worth: self.clause_worth,
            features: 0,
        };
        Model::new(header, hashes, packed)
    }
}

/// What one step of a small integer is worth.
fn scale(weights: &[f32]) -> f32 {
    weights.iter().skip(1).fold(0f32, |m, x| m.max(x.abs())).max(f32::MIN_POSITIVE) / 127.0
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
