//! Training: from labelled rows to a model, with cross-validated quality.

use std::{collections::HashMap, thread};

use super::{
    calibrate,
    features::{Feature, GROUPS, WORTH, Worth, values},
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
    /// What the groups of features are worth.
    pub worth: Worth,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { threads: 2, folds: 5, least_rows: 2, cost: 2.0, most_features: 30_000, worth: WORTH }
    }
}

/// Rows as features, and what each label says of them.
#[derive(Clone, Debug, Default)]
pub struct Task {
    /// Features per row.
    pub rows: Vec<Vec<Feature>>,
    /// Label names, and per row whether it holds.
    pub labels: Vec<(String, Vec<bool>)>,
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
    weights: Vec<Vec<f32>>,
    worth: Worth,
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
        let costs: Vec<f32> =
            self.costs.iter().zip(used).map(|(c, u)| if *u { c * options.cost } else { 0.0 }).collect();
        let mut hashes = vec![0u32; columns.len()];
        for (hash, column) in &columns {
            if let Some(slot) = hashes.get_mut(*column as usize - 1) {
                *slot = *hash;
            }
        }
        let weights = in_parallel(&self.labels, options.threads, |(_, positive)| logistic(&matrix, positive, &costs));
        Fit { hashes, weights, worth: options.worth }
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
            let index: HashMap<u32, usize> = fit.hashes.iter().enumerate().map(|(i, h)| (*h, i + 1)).collect();
            for ((row, _), out) in self.rows.iter().zip(&fold_of).zip(&mut scores).filter(|((_, f), _)| **f == fold) {
                *out = fit.score(row, &index);
            }
        }
        scores
    }
}

impl Fit {
    fn score(&self, row: &[Feature], index: &HashMap<u32, usize>) -> Vec<f32> {
        let worth = values(row, &self.worth);
        let cells: Vec<(usize, f32)> =
            row.iter().filter_map(|f| Some((*index.get(&f.hash)?, worth.get(f.group as usize).copied()?))).collect();
        let one = |w: &Vec<f32>| {
            let bias = w.first().copied().unwrap_or(0.0);
            bias + cells.iter().map(|(c, v)| w.get(*c).copied().unwrap_or(0.0) * v).sum::<f32>()
        };
        self.weights.iter().map(one).collect()
    }

    /// Keeps the features that matter most, as small integers.
    pub fn pack(&self, purpose: Purpose, names: &[String], quality: &[calibrate::Calibration], most: usize) -> Model {
        let scales: Vec<f32> = self
            .weights
            .iter()
            .map(|w| w.iter().skip(1).fold(0f32, |m, x| m.max(x.abs())).max(f32::MIN_POSITIVE) / 127.0)
            .collect();
        let strength =
            |column: usize| -> f32 { self.weights.iter().map(|w| w.get(column).copied().unwrap_or(0.0).powi(2)).sum() };
        let mut order: Vec<(usize, f32)> = (1..=self.hashes.len()).map(|c| (c, strength(c))).collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        order.truncate(most);
        order.sort_unstable_by_key(|o| o.0);
        let mut hashes = Vec::with_capacity(order.len());
        let mut packed = Vec::with_capacity(order.len() * names.len());
        for (column, _) in order {
            hashes.extend(self.hashes.get(column - 1));
            let cells = self.weights.iter().zip(&scales);
            packed.extend(cells.map(|(w, s)| (w.get(column).copied().unwrap_or(0.0) / s).round() as i8));
        }
        let labels =
            names.iter().zip(&self.weights).zip(scales.iter().zip(quality)).map(|((name, w), (scale, q))| Label {
                name: name.clone(),
                bias: w.first().copied().unwrap_or(0.0),
                scale: *scale,
                slope: q.slope,
                offset: q.offset,
                threshold: q.threshold,
            });
        let header = Header {
            purpose,
            labels: labels.collect(),
            rules: String::new(),
            dictionary: String::new(),
            rows: 0,
            data: Vec::new(),
            worth: self.worth,
            features: 0,
        };
        Model::new(header, hashes, packed)
    }
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
