//! The substring guarantee, and that the index finds what the text model says and nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod common;

use std::collections::BTreeSet;

use common::{TestIndex, record};
use proptest::prelude::*;

/// Few characters, so that texts share many of their parts; separators, Latin, digits and emoji among them.
const TEXT: &str = "[慢快好餐送和服了客A-Cx01，。 👍]{0,40}";
const HAN: &str = "[慢快好餐送和服了客]{2,6}";

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Any run of two or more Chinese characters finds exactly the texts that contain it.
    #[test]
    fn runs_of_ideographs_find_all_and_only_their_texts(
        texts in prop::collection::vec(TEXT, 1..30),
        runs in prop::collection::vec(HAN, 1..20),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, 2usize..9), 1..20),
    ) {
        let index = indexed(&texts);
        let cuts = cuts.iter().filter_map(|(text, from, length)| cut(text.get(texts.as_slice()).as_str(), *from, *length));
        for run in runs.iter().cloned().chain(cuts) {
            let expected: BTreeSet<String> = texts
                .iter()
                .enumerate()
                .filter(|(_, text)| text.contains(&run))
                .map(|(at, _)| at.to_string())
                .collect();
            let found: BTreeSet<String> = index.ids(&run).into_iter().collect();
            prop_assert_eq!(found, expected, "{}", run);
        }
    }

    /// Any part of a text, whatever is in it, finds that text when it is quoted, provided it cuts no word or number.
    #[test]
    fn quoted_parts_find_their_text(text in TEXT, from in 0usize..40, length in 1usize..20) {
        let index = indexed(std::slice::from_ref(&text));
        let chars: Vec<char> = text.chars().collect();
        let (from, to) = (from.min(chars.len()), (from + length).min(chars.len()));
        let part: String = chars[from..to].iter().collect();
        let cuts_word = |at: usize| {
            at > 0 && at < chars.len() && chars[at].is_ascii_alphanumeric() && chars[at - 1].is_ascii_alphanumeric()
        };
        let searchable = part.chars().any(|c| c.is_alphanumeric() || c == '👍');
        prop_assume!(searchable && !cuts_word(from) && !cuts_word(to));
        prop_assert_eq!(index.ids(&format!("“{part}”")), ["0"], "{} in {}", part, text);
    }
}

fn indexed(texts: &[String]) -> TestIndex {
    let mut index = TestIndex::new();
    index.add(texts.iter().zip(0..).map(|(text, at)| record(&at.to_string(), text, at)));
    index
}

/// The characters of `text` from `from`, if that is a run of ideographs.
fn cut(text: &str, from: usize, length: usize) -> Option<String> {
    let part: String = text.chars().skip(from).take(length).collect();
    let is_run = part.chars().count() >= 2 && part.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    is_run.then_some(part)
}
