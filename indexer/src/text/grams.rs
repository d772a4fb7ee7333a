//! Grams: pairs of ideographs that stand side by side, and whole tokens of other scripts.
//!
//! The pair starting at a character has that character's position. The last character of a run stands alone as well,
//! so that every occurrence of a character starts exactly one gram: a search for one character is a prefix search.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::{
    lower::lower_into,
    units::{ADJACENT, Unit, UnitKind, units},
};

/// One gram of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gram<'t> {
    /// An ideograph and the one after it; none after the last of a run.
    Pair(char, Option<char>),
    /// Anything else, not lowered.
    Token(&'t str),
}

impl Gram<'_> {
    /// Appends the term that stands for it to `out`.
    pub(crate) fn write(self, out: &mut String) {
        match self {
            Self::Pair(first, second) => {
                out.push(first);
                out.extend(second);
            }
            Self::Token(text) => lower_into(text, out),
        }
    }
}

/// Calls `each` for every gram of `text` with its position, in order.
#[inline]
pub(crate) fn grams<'t>(text: &'t str, mut each: impl FnMut(Gram<'t>, u32)) {
    // The ideograph before, which waits for its second.
    let mut waiting: Option<(char, u32)> = None;
    units(text, |Unit { kind, text, position, .. }| {
        let ideograph = if kind == UnitKind::Ideograph { text.chars().next() } else { None };
        if let Some((first, at)) = waiting.take() {
            each(Gram::Pair(first, ideograph.filter(|_| position == at + ADJACENT)), at);
        }
        match ideograph {
            Some(c) => waiting = Some((c, position)),
            None => each(Gram::Token(text), position),
        }
    });
    if let Some((last, at)) = waiting {
        each(Gram::Pair(last, None), at);
    }
}

/// The same as a tantivy tokenizer, which the schema names.
#[derive(Clone, Default)]
pub(crate) struct Grams {
    token: Token,
}

impl Grams {
    /// The name it is registered under; a change of the rules needs a new name.
    pub(crate) const NAME: &'static str = "tingjian-grams-1";
}

impl Tokenizer for Grams {
    type TokenStream<'a> = GramStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> GramStream<'a> {
        self.token.reset();
        let mut all = Vec::new();
        grams(text, |gram, position| all.push((gram, position)));
        GramStream { rest: all.into_iter(), token: &mut self.token }
    }
}

/// The grams of one text.
pub(crate) struct GramStream<'a> {
    rest: std::vec::IntoIter<(Gram<'a>, u32)>,
    token: &'a mut Token,
}

impl TokenStream for GramStream<'_> {
    fn advance(&mut self) -> bool {
        let Some((gram, position)) = self.rest.next() else { return false };
        self.token.text.clear();
        gram.write(&mut self.token.text);
        self.token.position = position as usize;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, usize)]) {
        let mut grams = Grams::default();
        let mut found = Vec::new();
        grams.token_stream(text).process(&mut |token| found.push((token.text.clone(), token.position)));
        let expected: Vec<_> = expected.iter().map(|(text, position)| ((*text).to_owned(), *position)).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn cuts_grams() {
        check("", &[]);
        check("好", &[("好", 0)]);
        check("送餐慢", &[("送餐", 0), ("餐慢", 2), ("慢", 4)]);
        check("慢，很慢", &[("慢", 0), ("很慢", 3), ("慢", 5)]);
        check("iPhone15坏了", &[("iphone", 0), ("15", 2), ("坏了", 4), ("了", 6)]);
        check("等ÄB天", &[("等", 0), ("äb", 2), ("天", 4)]);
    }
}
