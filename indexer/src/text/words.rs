//! The words of a record: analysis has cut them already, so only the separators are left to find.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// What stands between two words of a `Reading`.
const WORD_SEPARATOR: char = '\u{1f}';
/// Longest word that is indexed, bytes; longer ones are not words.
const MAX_WORD_BYTES: usize = 120;

/// The words of `joined` that are indexed: those of two characters or more. (One character is found as a gram.)
pub(crate) fn words(joined: &str) -> impl Iterator<Item = &str> {
    joined.split(WORD_SEPARATOR).filter(|word| word.len() <= MAX_WORD_BYTES && word.chars().nth(1).is_some())
}

/// The same as a tantivy tokenizer, which the schema names.
#[derive(Clone, Default)]
pub(crate) struct Words {
    token: Token,
}

impl Words {
    /// The name it is registered under.
    pub(crate) const NAME: &'static str = "tingjian-words-1";
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream { rest: words(text).collect::<Vec<_>>().into_iter(), token: &mut self.token }
    }
}

/// The words of one record.
pub(crate) struct WordStream<'a> {
    rest: std::vec::IntoIter<&'a str>,
    token: &'a mut Token,
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.rest.next() else { return false };
        self.token.text.clear();
        self.token.text.push_str(word);
        self.token.position = self.token.position.wrapping_add(1);
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

    #[test]
    fn takes_words_of_two_characters_or_more() {
        let found: Vec<_> = words("送餐\u{1f}太\u{1f}iphone\u{1f}\u{1f}15").collect();
        assert_eq!(found, ["送餐", "iphone", "15"]);
        assert_eq!(words("").count(), 0);
    }
}
