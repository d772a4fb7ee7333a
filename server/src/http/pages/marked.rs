//! A text cut into marked and unmarked runs.

use tingjian_schemas::Span;

/// A run of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its characters.
    pub text: String,
    /// Whether it is evidence or a match.
    pub marked: bool,
    /// What it is evidence of.
    pub note: String,
}

/// Cuts `text` at the spans; where spans overlap, notes are joined.
pub fn runs(text: &str, spans: &[(Span, String)]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (index, character) in (0_u32..).zip(text.chars()) {
        let mut notes: Vec<&str> = Vec::new();
        for (span, note) in spans {
            if span.start <= index && index < span.end && !notes.contains(&note.as_str()) {
                notes.push(note);
            }
        }
        let marked = spans.iter().any(|(span, _)| span.start <= index && index < span.end);
        let note = notes.join("、");
        match runs.last_mut() {
            Some(run) if run.marked == marked && run.note == note => run.text.push(character),
            _ => runs.push(Run { text: character.to_string(), marked, note }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_count_characters_and_may_overlap() {
        let spans = [(Span { start: 1, end: 3 }, "甲".to_owned()), (Span { start: 2, end: 4 }, "乙".to_owned())];
        let cut: Vec<_> = runs("一二三四五", &spans).into_iter().map(|r| (r.text, r.note)).collect();
        let expected = [("一", ""), ("二", "甲"), ("三", "甲、乙"), ("四", "乙"), ("五", "")];
        assert_eq!(cut, expected.map(|(text, note)| (text.to_owned(), note.to_owned())));
    }
}
