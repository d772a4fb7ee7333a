//! Texts that a spreadsheet would run as formulas.

use std::borrow::Cow;

/// What a formula begins with.
const BEGINNINGS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A text that a spreadsheet would run as a formula gets an apostrophe in front (CSV injection).
pub fn disarmed(text: &str) -> Cow<'_, str> {
    if text.starts_with(BEGINNINGS) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it was before it was disarmed, so that an exported or error file reads back as it came.
pub fn rearmed(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(BEGINNINGS)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_read_back() {
        for armed in ["=HYPERLINK(\"x\")", "+86 138", "-1+2", "@SUM(1)", "\t=1", "＝1"] {
            let safe = disarmed(armed);
            assert_eq!((safe.chars().next(), rearmed(&safe)), (Some('\''), armed));
        }
        for plain in ["", "承诺-40", "'引号", "它's"] {
            assert_eq!((disarmed(plain).as_ref(), rearmed(plain)), (plain, plain));
        }
    }
}
