//! What a router sees of a ticket: every run of one to three characters, the fixed phrases too, since these often name
//! who is asked to act; so names of places and firms that no dictionary has count as well as words.
//!
//! A run counts by the logarithm of how often it stands there (and, in training and use, by how rare it is).

use super::features::mix;

/// Longest run of characters.
const LONGEST: usize = 3;
/// Names the space of hashes, by the number of characters.
const SPACES: [u8; LONGEST] = [21, 22, 23];

/// A run of characters that stands in a ticket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// Names it; the text cannot be read back from it.
    pub hash: u32,
    /// What it counts for.
    pub value: f32,
}

/// Every run of a text, by hash, each once.
pub fn runs(text: &str) -> Vec<Run> {
    let mut found: Vec<u32> = Vec::with_capacity(LONGEST * text.len() / 3);
    let mut last = [0u64; LONGEST];
    let mut known = 0;
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { lower(c) };
        if c == ' ' && last.last() == Some(&u64::from(' ')) {
            continue;
        }
        last.rotate_left(1);
        let [first, second, third] = &mut last;
        *third = u64::from(c);
        known = LONGEST.min(known + 1);
        let names = [(0, *third), (*second, *third), (*first, *second << 32 | *third)];
        found.extend(names.into_iter().zip(SPACES).take(known).map(|((before, rest), space)| mix(space, before, rest)));
    }
    found.sort_unstable();
    let run = |same: &[u32]| Some(Run { hash: *same.first()?, value: 1.0 + (same.len() as f32).ln() });
    found.chunk_by(|a, b| a == b).filter_map(run).collect()
}

/// Lower case of letters that have one in one character.
fn lower(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_one_to_three_characters_each_once() {
        for (text, count) in [("", 0), ("路", 1), ("路灯", 3), ("路灯坏", 6), ("路路路", 3), ("路  灯", 6)] {
            assert_eq!(runs(text).len(), count, "{text}");
        }
        assert_eq!(runs("ABC"), runs("abc"));
        assert_ne!(runs("路灯"), runs("灯路"));
    }

    #[test]
    fn what_stands_there_more_often_counts_for_more() {
        let most = |text: &str| runs(text).iter().map(|r| r.value).fold(0f32, f32::max);
        assert!(most("路路路") > most("路灯坏"));
    }
}
