//! What is surprising this week: counts held against their own history, false discoveries held below a bound.
//!
//! Each cell's weeks are counts of one rate. A week and the weeks before it cover the same weekdays and hours, so weekdays weigh
//! the same. Good and bad weeks make counts vary more than chance alone: their variance is μ + αμ², with one α for all cells of a
//! family (causes, causes on lanes, terms; by moments), and more for a cell that has shown more by itself (Pearson's statistic, shrunk). Counts are divided by that
//! dispersion; the rate then has a Gamma posterior (Jeffreys' prior) and this week a negative-binomial prediction, which knows
//! how little a few weeks say. The chance of as many or more is a cell's p; Benjamini and Hochberg's step-up procedure over
//! all cells keeps the expected share of false alarms below [`FALSE_DISCOVERY`].

use std::collections::BTreeMap;

use serde::Serialize;

/// Bound of the expected share of false alarms.
pub const FALSE_DISCOVERY: f64 = 0.05;
/// Level at which the procedure is run: it keeps its bound for exact chances, and ours rest on an estimated dispersion.
const LEVEL: f64 = 0.03;
/// Fewest records of a surprising week.
pub const MIN_SUPPORT: u64 = 5;
/// Fewest weeks of history that say anything.
pub const MIN_WEEKS: usize = 3;
/// Degrees of freedom that what all cells show weighs against one cell's own.
const SHRINKAGE: f64 = 40.0;

/// The weeks of one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Its name: family, colon, the rest.
    pub cell: String,
    /// Counts of the weeks before, each week there, zeros included.
    pub before: Vec<u64>,
    /// This week's count.
    pub now: u64,
}

/// A cell that is surprising.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Surprise {
    /// Its name.
    pub cell: String,
    /// This week's count.
    pub now: u64,
    /// What its history led to expect.
    pub expected: f64,
    /// Chance of as many or more.
    pub p: f64,
    /// Smallest bound of false discovery at which it would be reported (Benjamini–Hochberg).
    pub q: f64,
}

/// The surprising cells of all families, the most surprising first. `others` cells besides were looked at and are not among
/// `cells`, since too few records hold them this week: they weigh in the bound as well.
pub fn emerging(cells: &[Series], others: u64) -> Vec<Surprise> {
    let mut families: BTreeMap<&str, Vec<&Series>> = BTreeMap::new();
    for cell in cells {
        families.entry(family(cell)).or_default().push(cell);
    }
    let excess: BTreeMap<&str, f64> = families.iter().map(|(name, cells)| (*name, common_excess(cells))).collect();
    let mut tested: Vec<Surprise> =
        cells.iter().map(|cell| test(cell, excess.get(family(cell)).copied().unwrap_or(0.0))).collect();
    tested.sort_by(|a, b| a.p.total_cmp(&b.p).then_with(|| a.cell.cmp(&b.cell)));
    let count = tested.len() as f64 + others as f64;
    let mut least = 1.0_f64;
    for (place, found) in tested.iter_mut().enumerate().rev() {
        least = least.min(found.p * count / (place + 1) as f64);
        found.q = least;
    }
    tested.retain(|found| found.q <= LEVEL);
    tested
}

fn family(cell: &Series) -> &str {
    cell.cell.split_once(':').map_or("", |(family, _)| family)
}

fn mean(counts: &[u64]) -> f64 {
    counts.iter().sum::<u64>() as f64 / counts.len().max(1) as f64
}

/// Pearson's statistic of a cell's weeks, and its degrees of freedom.
fn pearson(cell: &Series) -> Option<(f64, f64)> {
    let mean = mean(&cell.before);
    let degrees = cell.before.len().checked_sub(1).filter(|degrees| *degrees > 0)? as f64;
    let square = |count: &u64| (*count as f64 - mean).powi(2) / mean;
    (mean > 0.0).then(|| (cell.before.iter().map(square).sum(), degrees))
}

/// α of the variance μ + αμ², by moments over all cells of a family.
fn common_excess(cells: &[&Series]) -> f64 {
    let moments = |cell: &Series| {
        let (statistic, degrees) = pearson(cell)?;
        let mean = mean(&cell.before);
        Some((mean * (statistic / degrees - 1.0), mean * mean))
    };
    let (excess, squares) =
        cells.iter().copied().filter_map(moments).fold((0.0, 0.0), |sum, (e, s)| (sum.0 + e, sum.1 + s));
    if squares > 0.0 { (excess / squares).max(0.0) } else { 0.0 }
}

fn test(cell: &Series, excess: f64) -> Surprise {
    let expected = mean(&cell.before);
    let told = |p| Surprise { cell: cell.cell.clone(), now: cell.now, expected, p, q: 1.0 };
    if cell.now < MIN_SUPPORT || cell.before.len() < MIN_WEEKS || cell.now as f64 <= expected {
        return told(1.0);
    }
    let (statistic, degrees) = pearson(cell).unwrap_or((0.0, 0.0));
    let usual = 1.0 + excess * expected;
    let dispersion = ((statistic + SHRINKAGE * usual) / (degrees + SHRINKAGE)).max(usual);
    let weeks = cell.before.len() as f64;
    let shape = cell.before.iter().sum::<u64>() as f64 / dispersion + 0.5;
    told(incomplete_beta(1.0 / (weeks + 1.0), cell.now as f64 / dispersion, shape))
}

/// Iₓ(a, b), the regularised incomplete beta function: the chance that a negative-binomial count is at least a.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * continued_fraction(x, a, b) / a
    } else {
        1.0 - front * continued_fraction(1.0 - x, b, a) / b
    }
}

/// Lentz's way through the continued fraction of the incomplete beta function.
fn continued_fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..400 {
        let m = f64::from(m);
        for numerator in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / away(1.0 + numerator * d);
            c = away(1.0 + numerator / c);
            fraction *= d * c;
        }
        if (d * c - 1.0).abs() < 1e-12 {
            break;
        }
    }
    fraction
}

/// Lanczos' approximation (g = 7, nine terms); x > 0.
fn ln_gamma(x: f64) -> f64 {
    const FIRST: f64 = 0.999_999_999_999_809_9;
    const REST: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let series = (1..).zip(REST).fold(FIRST, |sum, (n, term)| sum + term / (x + f64::from(n)));
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + series.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values by exact sums of binomial probabilities.
    #[test]
    fn functions_known_by_value() {
        for (x, a, b, expected) in [
            (0.5, 1.0, 1.0, 0.5),
            (0.1, 2.0, 3.0, 0.0523),
            (0.5, 5.0, 5.0, 0.5),
            (0.2, 5.0, 10.0, 0.129_839_625_830_4),
            (0.9, 2.0, 3.0, 0.9963),
        ] {
            assert!(
                (incomplete_beta(x, a, b) - expected).abs() < 1e-9,
                "I_{x}({a}, {b}) = {}",
                incomplete_beta(x, a, b)
            );
        }
        for (x, expected) in [(1.0, 0.0), (2.0, 0.0), (5.0, 24.0_f64.ln()), (0.5, std::f64::consts::PI.sqrt().ln())] {
            assert!((ln_gamma(x) - expected).abs() < 1e-10, "{x}");
        }
    }

    fn series(cell: &str, before: &[u64], now: u64) -> Series {
        Series { cell: cell.to_owned(), before: before.to_vec(), now }
    }

    #[test]
    fn worked_histories() {
        let check = |before: &[u64], now: u64, surprising: bool| {
            let found = emerging(&[series("a", before, now)], 0);
            assert_eq!(!found.is_empty(), surprising, "{before:?} then {now}: {found:?}");
        };
        check(&[5, 6, 4, 5, 7, 5], 6, false);
        check(&[5, 6, 4, 5, 7, 5], 18, true);
        check(&[0, 0, 0, 0, 0, 0], 4, false);
        check(&[0, 0, 0, 0, 0, 0], 9, true);
        check(&[1, 30, 2, 41, 0, 22], 45, false);
        check(&[5, 5], 50, false);
        check(&[500, 510, 490, 505], 200, false);
    }
}
