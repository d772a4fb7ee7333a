//! The tokenizer of the words field: analysis has cut the words already, so only the separators are left to find.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// What stands between two words of a `Reading`.
pub(crate) const WORD_SEPARATOR: char = '\u{1f}';

/// See the module.
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
        WordStream { rest: text.split(WORD_SEPARATOR), token: &mut self.token }
    }
}

/// The words of one text.
pub(crate) struct WordStream<'a> {
    rest: std::str::Split<'a, char>,
    token: &'a mut Token,
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.rest.by_ref().find(|word| !word.is_empty()) else { return false };
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
