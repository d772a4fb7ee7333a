//! Numbers as Chinese says them.

const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// A count below 100 in Chinese, as before a measure word (两, not 二); larger ones in digits.
pub(crate) fn han(number: u32) -> String {
    let digit = |value: u32| DIGITS.get(value as usize).copied().unwrap_or_default();
    match (number, number / 10, number % 10) {
        (2, ..) => "两".to_owned(),
        (0..10, ..) => digit(number).to_owned(),
        (10..20, _, 0) => "十".to_owned(),
        (10..20, _, ones) => format!("十{}", digit(ones)),
        (20..100, tens, 0) => format!("{}十", digit(tens)),
        (20..100, tens, ones) => format!("{}十{}", digit(tens), digit(ones)),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::han;

    #[test]
    fn counts_by_hand() {
        for (number, said) in
            [(0, "零"), (2, "两"), (9, "九"), (10, "十"), (12, "十二"), (20, "二十"), (22, "二十二"), (100, "100")]
        {
            assert_eq!(han(number), said);
        }
    }
}
