//! A text to read character by character from any byte, never out of bounds.

/// A text and nothing else; copied freely.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t>(pub(super) &'t str);

impl<'t> Cursor<'t> {
    /// Everything from byte `at` on; empty past the end.
    pub(super) fn rest(self, at: usize) -> &'t str {
        self.0.get(at..).unwrap_or_default()
    }

    /// Everything before byte `at`.
    pub(super) fn before(self, at: usize) -> &'t str {
        self.0.get(..at).unwrap_or_default()
    }

    pub(super) fn slice(self, from: usize, to: usize) -> &'t str {
        self.0.get(from..to).unwrap_or_default()
    }

    /// The character that starts at byte `at`.
    pub(super) fn char(self, at: usize) -> Option<char> {
        self.rest(at).chars().next()
    }

    /// The character that ends at byte `at`.
    pub(super) fn char_before(self, at: usize) -> Option<char> {
        self.before(at).chars().next_back()
    }

    /// The byte after `word` where it stands at `at`.
    pub(super) fn after(self, at: usize, word: &str) -> Option<usize> {
        self.rest(at).starts_with(word).then_some(at + word.len())
    }

    /// The byte after the first of `words` that stands at `at`, and which it is.
    pub(super) fn after_any<T: Copy>(self, at: usize, words: &[(&str, T)]) -> Option<(usize, T)> {
        let rest = self.rest(at);
        // The third byte tells most Chinese words apart: few are compared as a whole.
        let third = rest.as_bytes().get(2);
        let may = |word: &str| word.len() < 3 || word.as_bytes().get(2) == third;
        let fits = |(word, _): &&(&str, T)| may(word) && rest.starts_with(word);
        words.iter().find(fits).map(|(word, value)| (at + word.len(), *value))
    }

    /// `at`, moved over single spaces.
    pub(super) fn skip_space(self, at: usize) -> usize {
        if self.rest(at).starts_with(' ') { at + 1 } else { at }
    }
}
