//! A phrase with slots in braces, read once and filled many times.

use super::slot::Slot;

/// A part of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Words(String),
    Slot(Slot),
}

/// A phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) pieces: Vec<Piece>,
    /// Whether filling it states a promised or an elapsed duration.
    pub(crate) timed: bool,
}

impl Phrase {
    /// Reads a phrase.
    ///
    /// # Errors
    /// An unclosed brace or an unknown slot, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some((words, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| format!("unclosed brace in {text:?}"))?;
            if !words.is_empty() {
                pieces.push(Piece::Words(words.to_owned()));
            }
            let slot = Slot::named(name).ok_or_else(|| format!("unknown slot {name:?} in {text:?}"))?;
            pieces.push(Piece::Slot(slot));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Words(rest.to_owned()));
        }
        let timed = pieces.iter().any(|piece| matches!(piece, Piece::Slot(slot) if slot.is_timed()));
        if pieces.is_empty() { Err("empty phrase".to_owned()) } else { Ok(Self { pieces, timed }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_and_mistakes() {
        let phrase = Phrase::parse("等了{actual}没人理{me}").unwrap();
        assert_eq!(phrase.pieces.len(), 4);
        assert!(phrase.timed);
        for (wrong, why) in [("等了{actual", "unclosed"), ("{nobody}", "unknown slot"), ("", "empty")] {
            assert!(Phrase::parse(wrong).unwrap_err().contains(why));
        }
    }
}
