//! Finds `\ud800` and its like, to tell them from other broken JSON.

/// The byte of the first escape that is half of a surrogate pair without its other half.
pub(super) fn first_lone_surrogate(text: &str) -> Option<usize> {
    let mut rest = text;
    loop {
        let at = rest.find('\\')?;
        let (_, escape) = rest.split_at(at);
        let place = text.len() - escape.len();
        let Some(unit) = unit(escape) else {
            // Any other escape: the backslash and one more character, which may itself be a backslash.
            let mut after = escape.chars();
            after.by_ref().take(2).for_each(drop);
            rest = after.as_str();
            continue;
        };
        let after = escape.get(6..)?;
        rest = match unit {
            0xD800..=0xDBFF if self::unit(after).is_some_and(|low| (0xDC00..=0xDFFF).contains(&low)) => {
                after.get(6..)?
            }
            0xD800..=0xDFFF => return Some(place),
            _ => after,
        };
    }
}

/// The UTF-16 unit that `text` begins with, where it begins with `\uXXXX`.
fn unit(text: &str) -> Option<u16> {
    let hex = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(hex, 16).ok().filter(|_| hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::first_lone_surrogate;

    #[test]
    fn only_halves_count() {
        for (text, at) in [
            (r#"{"a":"\ud800"}"#, Some(6)),
            (r#"{"a":"\udc00"}"#, Some(6)),
            (r#""\uD83D\uDE00 \uD83D""#, Some(14)),
            (r#""\uD83D\uD83D\uDE00""#, Some(1)),
            (r#""\uD83Dx""#, Some(1)),
            (r#""\uD83D\uDE00""#, None),
            (r#""\\ud800""#, None),
            (r#""\\\ud800""#, Some(3)),
            (r#""\u4f60\u597d""#, None),
            (r#""\u+800""#, None),
            (r#""\ud8"#, None),
            (r#""\"#, None),
            ("", None),
        ] {
            assert_eq!(first_lone_surrogate(text), at, "{text}");
        }
    }
}
