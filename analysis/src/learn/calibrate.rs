//! From raw scores to probabilities and thresholds.

use super::model::logistic;

/// How one label's scores are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// Probability = logistic(slope × score + offset).
    pub slope: f32,
    /// See `slope`.
    pub offset: f32,
    /// The probability from which the label is given.
    pub threshold: f32,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { slope: 1.0, offset: 0.0, threshold: USUAL }
    }
}

/// Steps of Newton's method.
const STEPS: usize = 50;
/// Pull of the slope towards 1 and of the offset towards 0, in rows.
const PRIOR: f64 = 2.0;

impl Calibration {
    /// Platt's method with a pull towards the score as it is, so that rare labels stay sane; then the threshold.
    pub fn fit(scores: &[(f32, bool)]) -> Self {
        let (slope, offset) = platt(scores);
        let pairs: Vec<(f32, bool)> = scores.iter().map(|(s, y)| (logistic(slope * s + offset), *y)).collect();
        Self { slope, offset, threshold: threshold(&pairs) }
    }
}

fn platt(scores: &[(f32, bool)]) -> (f32, f32) {
    let (mut a, mut b) = (1f64, 0f64);
    for _ in 0..STEPS {
        let (mut ga, mut gb) = (PRIOR * (a - 1.0), PRIOR * 0.1 * b);
        let (mut haa, mut hab, mut hbb) = (PRIOR, 0f64, PRIOR * 0.1);
        for (score, yes) in scores {
            let x = f64::from(*score);
            let p = 1.0 / (1.0 + (-(a * x + b)).exp());
            let error = p - f64::from(u8::from(*yes));
            let weight = (p * (1.0 - p)).max(1e-9);
            ga += error * x;
            gb += error;
            haa += weight * x * x;
            hab += weight * x;
            hbb += weight;
        }
        let det = haa * hbb - hab * hab;
        let (da, db) = ((hbb * ga - hab * gb) / det, (haa * gb - hab * ga) / det);
        a -= da.clamp(-1.0, 1.0);
        b -= db.clamp(-1.0, 1.0);
        if da.abs() + db.abs() < 1e-6 {
            break;
        }
    }
    (a.max(0.05) as f32, b as f32)
}

/// Where thresholds lie unless a label's own rows say otherwise: about half the F1 that is reached, which is the best
/// place for F1 over all labels (Lipton, Elkan and Naryanaswamy, 2014).
const USUAL: f32 = 0.33;
/// So many rows of its own weigh as much as the usual place.
const PHANTOM_ROWS: f32 = 60.0;

/// The threshold with the best F1, pulled towards the usual one so that a handful of rows cannot set it anywhere.
fn threshold(pairs: &[(f32, bool)]) -> f32 {
    let positive = pairs.iter().filter(|(_, y)| *y).count() as f32;
    let mut best = (f32::MIN, USUAL);
    for step in 4..=14 {
        let t = USUAL + (step as f32 - 8.0) * 0.04;
        let (mut hit, mut named) = (0f32, 0f32);
        for (_, yes) in pairs.iter().filter(|(p, _)| *p >= t) {
            named += 1.0;
            hit += f32::from(u8::from(*yes));
        }
        let f1 = 2.0 * hit / (named + positive).max(1.0);
        let pull = (t - USUAL).abs() * PHANTOM_ROWS / (positive + PHANTOM_ROWS);
        if f1 - pull > best.0 {
            best = (f1 - pull, t);
        }
    }
    best.1
}
