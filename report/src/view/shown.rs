//! How numbers are shown. Each has its exact value beside it in the HTML.

/// `12,345`.
pub fn count(value: f64) -> String {
    let digits = format!("{value:.0}");
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |digits| ("-", digits));
    let first = digits.len() % 3;
    let mut shown = String::from(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 3 == first {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// `12.3%`.
pub fn percent(value: f64) -> String {
    format!("{:.1}%", value * 100.0)
}

/// `+12%`.
pub fn change(value: f64) -> String {
    format!("{:+.0}%", value * 100.0)
}

/// Minutes as people say them: `45 分钟`, `36.5 小时`, `5.2 天`. Hours go far enough for a promise, what the lane could do and what to promise
/// instead to stand in one unit.
pub fn duration(minutes: f64) -> String {
    let amount = minutes.abs();
    match amount {
        _ if amount < 60.0 => format!("{minutes:.0} 分钟"),
        _ if amount < 120.0 * 60.0 => format!("{} 小时", short(minutes / 60.0)),
        _ => format!("{} 天", short(minutes / 1440.0)),
    }
}

/// `3.4`; a whole number without its nought.
pub fn short(value: f64) -> String {
    let shown = format!("{value:.1}");
    shown.strip_suffix(".0").map_or(shown.clone(), str::to_owned)
}

/// A chance: `0.013`, or below what is worth telling apart.
pub fn chance(value: f64) -> String {
    if value < 0.001 { "<0.001".to_owned() } else { format!("{value:.3}") }
}

/// By the name that stands in the HTML.
pub fn by_name(name: &str, value: f64) -> Option<String> {
    Some(match name {
        "count" => count(value),
        "percent" => percent(value),
        "change" => change(value),
        "duration" => duration(value),
        "short" => short(value),
        "chance" => chance(value),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_read_them() {
        for (name, value, shown) in [
            ("count", 0.0, "0"),
            ("count", 999.0, "999"),
            ("count", 1_000.0, "1,000"),
            ("count", 12_345_678.0, "12,345,678"),
            ("percent", 0.1234, "12.3%"),
            ("change", 0.5, "+50%"),
            ("change", -1.0, "-100%"),
            ("duration", 45.0, "45 分钟"),
            ("duration", 1_440.0, "24 小时"),
            ("duration", 2_190.0, "36.5 小时"),
            ("duration", 5_616.0, "93.6 小时"),
            ("duration", 7_200.0, "5 天"),
            ("short", 3.44, "3.4"),
            ("chance", 0.0, "<0.001"),
            ("chance", 0.0134, "0.013"),
        ] {
            assert_eq!(by_name(name, value).as_deref(), Some(shown), "{name} {value}");
        }
    }
}
