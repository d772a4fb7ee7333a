//! Spans of time as people say them.

/// Minutes as people say them: `95` → `1 小时 35 分`.
pub fn minutes(total: f64) -> String {
    let sign = if total < 0.0 { "−" } else { "" };
    let whole = total.abs().round() as u64;
    let (days, hours, minutes) = (whole / 1440, whole / 60 % 24, whole % 60);
    match (days, hours, minutes) {
        (0, 0, m) => format!("{sign}{m} 分"),
        (0, h, 0) => format!("{sign}{h} 小时"),
        (0, h, m) => format!("{sign}{h} 小时 {m} 分"),
        (d, 0, 0) => format!("{sign}{d} 天"),
        (d, h, _) => format!("{sign}{d} 天 {h} 小时"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spoken_minutes() {
        let said = |m| minutes(m);
        assert_eq!(
            [said(0.0), said(40.0), said(120.0), said(95.0), said(1440.0), said(-4500.0)],
            ["0 分", "40 分", "2 小时", "1 小时 35 分", "1 天", "−3 天 3 小时"]
        );
    }
}
