//! The part of a text that shows why it was found.

use serde::Serialize;
use tingjian_schemas::Span;

use super::find::{Pattern, placed_units};

/// Characters a snippet shows at most.
const SNIPPET_CHARS: usize = 120;
/// Characters shown before the first match.
const LEAD_CHARS: usize = 24;

/// A part of a record's masked text with the places that matched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// At most 120 characters of the text, as stored.
    pub text: String,
    /// What matched, in characters of `text`; in order, never overlapping. The server decides how to mark it.
    pub highlights: Vec<Span>,
    /// The record's text goes on before it.
    pub cut_before: bool,
    /// The record's text goes on after it.
    pub cut_after: bool,
}

impl Snippet {
    /// The part of `text` around the first match of any of `patterns`; its beginning where there is none.
    pub(crate) fn of(text: &str, patterns: &[Pattern]) -> Self {
        let matches = char_ranges(text, matches_of(text, patterns));
        let length = text.chars().count();
        let start = window_start(length, matches.first().copied());
        let end = length.min(start + SNIPPET_CHARS);
        let highlights = matches.iter().filter_map(|range| clip(*range, start, end)).collect();
        Self {
            text: text.chars().skip(start).take(end - start).collect(),
            highlights,
            cut_before: start > 0,
            cut_after: end < length,
        }
    }
}

/// Byte ranges of all matches, merged where they touch.
fn matches_of(text: &str, patterns: &[Pattern]) -> Vec<(usize, usize)> {
    if patterns.iter().all(Pattern::is_empty) {
        return Vec::new();
    }
    let placed = placed_units(text);
    let mut found: Vec<_> = patterns.iter().flat_map(|pattern| pattern.find_in(&placed)).collect();
    found.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::with_capacity(found.len());
    for (from, to) in found {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// The same ranges in characters. `ranges` are in order.
fn char_ranges(text: &str, ranges: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let (mut byte, mut chars) = (0, 0);
    let mut chars_before = |at: usize| {
        chars += text.get(byte..at).map_or(0, |part| part.chars().count());
        byte = at;
        chars
    };
    ranges.into_iter().map(|(from, to)| (chars_before(from), chars_before(to))).collect()
}

/// Where to start so that the first match shows with something before it and the snippet is as full as can be.
fn window_start(length: usize, first: Option<(usize, usize)>) -> usize {
    match first {
        Some((from, _)) if from > LEAD_CHARS => (from - LEAD_CHARS).min(length.saturating_sub(SNIPPET_CHARS)),
        _ => 0,
    }
}

fn clip((from, to): (usize, usize), start: usize, end: usize) -> Option<Span> {
    let (from, to) = (from.max(start), to.min(end));
    let within = |at: usize| u32::try_from(at - start).ok();
    if from < to { Some(Span { start: within(from)?, end: within(to)? }) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, terms: &[&str]) -> String {
        let patterns: Vec<_> = terms.iter().map(|term| Pattern::new(term)).collect();
        let snippet = Snippet::of(text, &patterns);
        let chars: Vec<char> = snippet.text.chars().collect();
        let mut out = String::from(if snippet.cut_before { "…" } else { "" });
        let mut at = 0;
        for span in &snippet.highlights {
            out.extend(&chars[at..span.start as usize]);
            out.push('[');
            out.extend(&chars[span.start as usize..span.end as usize]);
            out.push(']');
            at = span.end as usize;
        }
        out.extend(&chars[at..]);
        out + if snippet.cut_after { "…" } else { "" }
    }

    #[test]
    fn marks_what_matched() {
        assert_eq!(marked("", &["慢"]), "");
        assert_eq!(marked("送餐太慢", &[]), "送餐太慢");
        assert_eq!(marked("送餐太慢了", &["太慢"]), "送餐[太慢]了");
        assert_eq!(marked("送餐太慢了", &["太慢", "慢了"]), "送餐[太慢了]");
        assert_eq!(marked("👍送餐Slow", &["slow", "👍"]), "[👍]送餐[Slow]");
    }

    #[test]
    fn shows_the_first_match_of_a_long_text() {
        let text = format!("{}退款{}", "很好".repeat(100), "不错".repeat(100));
        let shown = marked(&text, &["退款"]);
        assert!(shown.starts_with("…很好") && shown.ends_with("不错…"), "{shown}");
        assert_eq!(shown.matches("[退款]").count(), 1);
        assert_eq!(shown.chars().filter(|c| !"…[]".contains(*c)).count(), SNIPPET_CHARS);
    }

    #[test]
    fn fills_the_snippet_at_the_end_of_a_text() {
        let text = format!("{}退款", "很好".repeat(100));
        let shown = marked(&text, &["退款"]);
        assert!(shown.ends_with("[退款]"));
        assert_eq!(shown.chars().filter(|c| !"…[]".contains(*c)).count(), SNIPPET_CHARS);
    }

    #[test]
    fn one_repeated_character_is_one_highlight() {
        let text = "哈".repeat(8_000);
        let snippet = Snippet::of(&text, &[Pattern::new("哈哈")]);
        assert_eq!(snippet.highlights, [Span { start: 0, end: 120 }]);
    }
}
