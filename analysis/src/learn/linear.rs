//! L2-regularised logistic regression by dual coordinate descent.
//!
//! The algorithm is that of Yu, Huang and Lin, "Dual coordinate descent methods for logistic regression and maximum
//! entropy models", Machine Learning 85 (2011), section 3 and appendix, as in LIBLINEAR's solver 7.

/// Rows of sparse values: row `i` has the columns `columns[starts[i]..starts[i + 1]]`.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// Where rows begin; one more than there are rows.
    pub starts: Vec<u32>,
    /// Column of each value.
    pub columns: Vec<u32>,
    /// The values.
    pub values: Vec<f32>,
    /// Number of columns.
    pub width: usize,
}

impl Matrix {
    /// No rows yet.
    pub fn new(width: usize) -> Self {
        Self { starts: vec![0], width, ..Self::default() }
    }

    /// Adds a row.
    pub fn push(&mut self, row: impl IntoIterator<Item = (u32, f32)>) {
        for (column, value) in row {
            self.columns.push(column);
            self.values.push(value);
        }
        self.starts.push(self.columns.len() as u32);
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The values of a row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let start = self.starts.get(row).copied().unwrap_or(0) as usize;
        let end = self.starts.get(row + 1).copied().unwrap_or(0) as usize;
        let columns = self.columns.get(start..end).unwrap_or_default();
        let values = self.values.get(start..end).unwrap_or_default();
        columns.iter().map(|c| *c as usize).zip(values.iter().copied())
    }

    /// The product of a row and a vector.
    pub fn dot(&self, row: usize, weights: &[f32]) -> f32 {
        self.row(row).map(|(c, v)| weights.get(c).copied().unwrap_or(0.0) * v).sum()
    }
}

/// Passes over the data at most.
const MAX_PASSES: usize = 60;
/// Newton steps within one coordinate at most.
const MAX_STEPS: usize = 20;
/// A pass whose largest projected gradient is below this ends the search.
const TOLERANCE: f64 = 0.02;

/// Weights that tell rows with `positive` from the others. `costs` says how much each row counts; zero leaves it out.
pub fn logistic(matrix: &Matrix, positive: &[bool], costs: &[f32]) -> Vec<f32> {
    let mut weights = vec![0f32; matrix.width];
    let mut order: Vec<usize> = (0..matrix.rows()).filter(|r| costs.get(*r).is_some_and(|c| *c > 0.0)).collect();
    let mut alphas = vec![(0f64, 0f64); matrix.rows()];
    let norms: Vec<f64> = (0..matrix.rows()).map(|r| matrix.row(r).map(|(_, v)| f64::from(v * v)).sum()).collect();
    for row in &order {
        let Some((cost, alpha)) = costs.get(*row).zip(alphas.get_mut(*row)) else { continue };
        let cost = f64::from(*cost);
        let first = (0.001 * cost).min(1e-8);
        *alpha = (first, cost - first);
        let sign = if positive.get(*row).copied().unwrap_or(false) { 1.0 } else { -1.0 };
        add(matrix, *row, (sign * first) as f32, &mut weights);
    }
    let mut random = 0x2545_f491_4f6c_dd1du64;
    for _ in 0..MAX_PASSES {
        shuffle(&mut order, &mut random);
        let mut worst = 0f64;
        for row in &order {
            let (Some(alpha), Some(norm), Some(cost)) = (alphas.get_mut(*row), norms.get(*row), costs.get(*row)) else {
                continue;
            };
            let sign = if positive.get(*row).copied().unwrap_or(false) { 1.0 } else { -1.0 };
            let margin = sign * f64::from(matrix.dot(*row, &weights));
            let (change, gradient) = coordinate(alpha, *norm, f64::from(*cost), margin);
            worst = worst.max(gradient);
            if change != 0.0 {
                add(matrix, *row, (sign * change) as f32, &mut weights);
            }
        }
        if worst < TOLERANCE {
            break;
        }
    }
    weights
}

/// One coordinate: minimises `g(z) = z log z + (c - z) log(c - z) + a/2 (z - z0)² + b (z - z0)`. Returns the change of
/// alpha and the size of the gradient before it.
fn coordinate(alpha: &mut (f64, f64), a: f64, c: f64, b: f64) -> (f64, f64) {
    let z_old = alpha.0;
    // Work on the smaller of the two: the logarithm is steep there.
    let flip = 0.5 * a * (alpha.1 - alpha.0) + b < 0.0;
    let (start, sign) = if flip { (alpha.1, -1.0) } else { (alpha.0, 1.0) };
    let mut z = start;
    if c - z < 0.5 * c {
        z *= 0.1;
    }
    let slope = |z: f64| a * (z - start) + sign * b + (z / (c - z)).ln();
    let mut gradient = slope(z);
    let before = gradient.abs();
    for _ in 0..MAX_STEPS {
        if gradient.abs() < 1e-5 {
            break;
        }
        let curvature = a + c / (c - z) / z;
        let next = z - gradient / curvature;
        z = if next <= 0.0 { z * 0.1 } else { next.min(c - 1e-12) };
        gradient = slope(z);
    }
    *alpha = if flip { (c - z, z) } else { (z, c - z) };
    (alpha.0 - z_old, before)
}

fn add(matrix: &Matrix, row: usize, by: f32, weights: &mut [f32]) {
    for (column, value) in matrix.row(row) {
        if let Some(weight) = weights.get_mut(column) {
            *weight += by * value;
        }
    }
}

/// Fisher and Yates, with Marsaglia's xorshift: the same order on every machine.
pub(crate) fn shuffle(order: &mut [usize], random: &mut u64) {
    for i in (1..order.len()).rev() {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        order.swap(i, (*random % (i as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separates_what_can_be_separated() {
        let mut matrix = Matrix::new(3);
        let mut positive = Vec::new();
        for i in 0..40 {
            let yes = i % 2 == 0;
            matrix.push([(u32::from(yes), 1.0), (2, 1.0)]);
            positive.push(yes);
        }
        let weights = logistic(&matrix, &positive, &[1.0; 40]);
        for (row, yes) in positive.iter().enumerate() {
            assert_eq!(matrix.dot(row, &weights) > 0.0, *yes);
        }
    }

    #[test]
    fn reaches_the_known_optimum_of_one_weight() {
        // Four rows x = 1, three of them positive: w minimises w²/2 + 3 log(1 + e^-w) + log(1 + e^w).
        let mut matrix = Matrix::new(1);
        for _ in 0..4 {
            matrix.push([(0, 1.0)]);
        }
        let w = f64::from(logistic(&matrix, &[true, true, true, false], &[1.0; 4]).first().copied().unwrap_or(0.0));
        let gradient = w - 3.0 / (1.0 + w.exp()) + 1.0 / (1.0 + (-w).exp());
        assert!(gradient.abs() < 0.05, "w {w} gradient {gradient}");
    }
}
