//! Characters → tokens, each with its place in what the user typed.

use tingjian_analysis::normalise;

use super::error::{QueryError, QueryProblem};

/// One token and the character where it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: TokenKind,
}

/// What a token is. Texts are normalised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A run without spaces, quotes or parentheses.
    Word(String),
    /// What stood between quotes.
    Phrase(String),
    And,
    Or,
    /// `NOT`, or `-` right before a term.
    Not,
    Open,
    Close,
}

/// Cuts a query into tokens.
pub(super) fn tokens(query: &str) -> Result<Vec<Token>, QueryError> {
    let chars: Vec<char> = query.chars().collect();
    let mut lexer = Lexer { chars: &chars, at: 0, tokens: Vec::new() };
    while let Some(c) = lexer.peek() {
        lexer.step(c)?;
    }
    Ok(lexer.tokens)
}

struct Lexer<'q> {
    chars: &'q [char],
    at: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn step(&mut self, c: char) -> Result<(), QueryError> {
        let at = self.at;
        match c {
            '(' | '（' => self.single(TokenKind::Open),
            ')' | '）' => self.single(TokenKind::Close),
            '-' | '－' | '−' if self.starts_term(at + 1) => self.single(TokenKind::Not),
            _ if is_quote(c) => self.phrase()?,
            _ if is_blank(c) => self.at += 1,
            _ => {
                let word = self.take_while(|c| !ends_word(c));
                self.tokens.push(Token { at, kind: word_kind(&word) });
            }
        }
        Ok(())
    }

    fn single(&mut self, kind: TokenKind) {
        self.tokens.push(Token { at: self.at, kind });
        self.at += 1;
    }

    fn starts_term(&self, at: usize) -> bool {
        self.chars.get(at).is_some_and(|c| !is_blank(*c) && !matches!(c, ')' | '）' | '-' | '－' | '−'))
    }

    fn phrase(&mut self) -> Result<(), QueryError> {
        let at = self.at;
        self.at += 1;
        let inside = self.take_while(|c| !is_quote(c));
        if self.peek().is_none() {
            return Err(QueryError { at, problem: QueryProblem::UnclosedQuote });
        }
        self.at += 1;
        self.tokens.push(Token { at, kind: TokenKind::Phrase(normalise(&inside).into_owned()) });
        Ok(())
    }

    fn take_while(&mut self, mut wanted: impl FnMut(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(c) = self.peek().filter(|c| wanted(*c)) {
            taken.push(c);
            self.at += 1;
        }
        taken
    }
}

fn word_kind(word: &str) -> TokenKind {
    match &*normalise(word) {
        "AND" => TokenKind::And,
        "OR" => TokenKind::Or,
        "NOT" => TokenKind::Not,
        text => TokenKind::Word(text.to_owned()),
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '＂' | '「' | '」')
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}' | '\u{feff}')
}

fn ends_word(c: char) -> bool {
    is_blank(c) || is_quote(c) || matches!(c, '(' | '（' | ')' | '）')
}
