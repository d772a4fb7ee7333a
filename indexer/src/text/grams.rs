//! The tokenizer of the text field: pairs of ideographs that stand side by side, and whole tokens of other scripts.
//!
//! The pair starting at a character has that character's position. The last character of a run stands alone as well,
//! so that every occurrence of a character starts exactly one gram: a search for one character is a prefix search.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::{
    lower::lower_into,
    units::{ADJACENT, Unit, UnitKind, units},
};

/// See the module.
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
        GramStream { text, token: &mut self.token, ready: None }
    }
}

/// The grams of one text.
pub(crate) struct GramStream<'a> {
    text: &'a str,
    token: &'a mut Token,
    /// Filled by the first call of `advance`. Indexing calls `process` and never needs it.
    ready: Option<std::vec::IntoIter<Token>>,
}

impl TokenStream for GramStream<'_> {
    fn advance(&mut self) -> bool {
        let ready = self.ready.get_or_insert_with(|| {
            let mut all = Vec::new();
            grams(self.text, &mut Token::default(), &mut |token| all.push(token.clone()));
            all.into_iter()
        });
        match ready.next() {
            Some(token) => {
                *self.token = token;
                true
            }
            None => false,
        }
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }

    fn process(&mut self, sink: &mut dyn FnMut(&Token)) {
        grams(self.text, self.token, sink);
    }
}

fn grams(text: &str, token: &mut Token, sink: &mut dyn FnMut(&Token)) {
    let mut waiting: Option<Unit<'_>> = None;
    units(text, |unit| {
        if let Some(first) = waiting.take() {
            let adjacent = unit.kind == UnitKind::Ideograph && unit.position == first.position + ADJACENT;
            fill(token, first, if adjacent { unit.text } else { "" });
            sink(token);
        }
        if unit.kind == UnitKind::Ideograph {
            waiting = Some(unit);
        } else {
            fill(token, unit, "");
            sink(token);
        }
    });
    if let Some(last) = waiting {
        fill(token, last, "");
        sink(token);
    }
}

#[inline]
fn fill(token: &mut Token, unit: Unit<'_>, second: &str) {
    token.text.clear();
    if unit.kind == UnitKind::Ideograph {
        token.text.push_str(unit.text);
        token.text.push_str(second);
    } else {
        lower_into(unit.text, &mut token.text);
    }
    token.offset_from = unit.from;
    token.offset_to = unit.from + unit.text.len() + second.len();
    token.position = unit.position as usize;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, usize)]) {
        let mut grams = Grams::default();
        let mut found = Vec::new();
        grams.token_stream(text).process(&mut |token| found.push((token.text.clone(), token.position)));
        let mut stepped = Vec::new();
        let mut stream = grams.token_stream(text);
        while stream.advance() {
            stepped.push((stream.token().text.clone(), stream.token().position));
        }
        assert_eq!(found, stepped, "process and advance agree on {text:?}");
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
