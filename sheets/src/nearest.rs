//! The word that somebody may have meant.

/// The known word nearest to a mistyped one, where one is near.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const NEAR: f64 = 0.5;
    let scored = known.map(|k| (k, strsim::normalized_damerau_levenshtein(word, k)));
    scored.filter(|(_, s)| *s >= NEAR).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(k, _)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_word() {
        let known = || ["complaints", "commendations", "call-notes"].into_iter();
        assert_eq!(nearest("complaint", known()), Some("complaints"));
        assert_eq!(nearest("call_notes", known()), Some("call-notes"));
        assert_eq!(nearest("xyz", known()), None);
    }
}
