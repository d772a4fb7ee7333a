//! How sure a share is.

/// The 0.975 quantile of the normal distribution: two-sided 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// 95 % confidence bounds of a share, each in 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// The Wilson score interval of `successes` in `trials` (E. B. Wilson, 1927). Nothing tried: everything is possible.
pub fn wilson(successes: u64, trials: u64) -> Interval {
    if trials == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let n = trials as f64;
    let share = successes as f64 / n;
    let weight = Z * Z / n;
    let centre = share + weight / 2.0;
    let spread = Z * (share * (1.0 - share) / n + weight / (4.0 * n)).sqrt();
    let bound = |value: f64| (value / (1.0 + weight)).clamp(0.0, 1.0);
    let low = if successes == 0 { 0.0 } else { bound(centre - spread) };
    let high = if successes == trials { 1.0 } else { bound(centre + spread) };
    Interval { low, high }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked values: R's `binom::binom.wilson`, to four decimals.
    #[test]
    fn known_values() {
        for (successes, trials, low, high) in [
            (0, 10, 0.0, 0.2775),
            (1, 10, 0.0179, 0.4042),
            (5, 10, 0.2366, 0.7634),
            (10, 10, 0.7225, 1.0),
            (50, 1000, 0.0381, 0.0653),
            (0, 0, 0.0, 1.0),
        ] {
            let found = wilson(successes, trials);
            assert!((found.low - low).abs() < 6e-5, "{successes}/{trials}: {found:?}");
            assert!((found.high - high).abs() < 6e-5, "{successes}/{trials}: {found:?}");
        }
    }
}
