//! Learning which clause states a label, though rows are labelled as wholes (multiple-instance learning).
//!
//! A text's score is the log-sum-exp of its clauses' scores plus the score of its form: one clause that states a
//! cause is enough, whatever stands beside it. Weights are found by AdaGrad (Duchi, Hazan and Singer, JMLR 12, 2011)
//! with an L2 penalty spread over the rows in which a feature occurs.

/// A row: its clauses' cells and the cells of the text as a whole; a cell is a column and its value.
#[derive(Clone, Debug, Default)]
pub struct Bag {
    /// Cells of all clauses, one after the other.
    pub cells: Vec<(u32, f32)>,
    /// Where each clause ends in `cells`.
    pub ends: Vec<u32>,
    /// Cells of the text as a whole.
    pub whole: Vec<(u32, f32)>,
}

/// How long and how boldly to learn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Passes over the rows.
    pub passes: usize,
    /// First step.
    pub step: f32,
    /// How much a mistake costs against large weights.
    pub cost: f32,
}

/// The score every clause starts from: a clause alone seldom states a given label.
const START: f32 = -4.0;

/// Weights of one label: bias of a clause, then one per column.
pub fn learn(
    bags: &[Bag],
    width: usize,
    positive: &[bool],
    costs: &[f32],
    rows_of: &[u32],
    pace: Pace,
) -> (f32, Vec<f32>) {
    let mut weights = vec![0f32; width];
    let mut squares = vec![1e-3f32; width];
    let (mut bias, mut bias_square) = (START, 1f32);
    let used: Vec<usize> = (0..bags.len()).filter(|i| costs.get(*i).is_some_and(|c| *c > 0.0)).collect();
    let mut order = used;
    let mut random = 0x2545_f491_4f6c_dd1du64;
    let mut shares = Vec::new();
    let mut update = |cell: &(u32, f32), gradient: f32, weights: &mut [f32]| {
        let at = cell.0 as usize;
        let (Some(w), Some(s), Some(rows)) = (weights.get_mut(at), squares.get_mut(at), rows_of.get(at)) else {
            return;
        };
        let g = gradient * cell.1 + *w / (pace.cost * (*rows).max(1) as f32);
        *s += g * g;
        *w -= pace.step * g / s.sqrt();
    };
    for _ in 0..pace.passes {
        super::linear::shuffle(&mut order, &mut random);
        for row in &order {
            let (Some(bag), Some(cost)) = (bags.get(*row), costs.get(*row)) else { continue };
            let score = pooled(bag, bias, &weights, &mut shares);
            let yes = positive.get(*row).copied().unwrap_or(false);
            let error = cost * (super::model::logistic(score) - f32::from(u8::from(yes)));
            let mut start = 0usize;
            for (end, share) in bag.ends.iter().zip(&shares) {
                let gradient = error * share;
                if gradient.abs() > 1e-5 {
                    bag.cells
                        .get(start..*end as usize)
                        .unwrap_or_default()
                        .iter()
                        .for_each(|c| update(c, gradient, &mut weights));
                }
                start = *end as usize;
            }
            bag.whole.iter().for_each(|c| update(c, error, &mut weights));
            bias_square += error * error;
            bias -= pace.step * error / bias_square.sqrt();
        }
    }
    (bias, weights)
}

/// The score of a row; `shares` receives what part each clause has in it.
pub fn pooled(bag: &Bag, bias: f32, weights: &[f32], shares: &mut Vec<f32>) -> f32 {
    let dot = |cells: &[(u32, f32)]| -> f32 {
        cells.iter().map(|(c, v)| weights.get(*c as usize).copied().unwrap_or(0.0) * v).sum()
    };
    shares.clear();
    let mut start = 0usize;
    for end in &bag.ends {
        shares.push(bias + dot(bag.cells.get(start..*end as usize).unwrap_or_default()));
        start = *end as usize;
    }
    let most = shares.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0f32;
    for share in shares.iter_mut() {
        *share = (*share - most).exp();
        sum += *share;
    }
    shares.iter_mut().for_each(|s| *s /= sum.max(f32::MIN_POSITIVE));
    let pool = if bag.ends.is_empty() { bias } else { most + sum.ln() };
    pool + dot(&bag.whole)
}
