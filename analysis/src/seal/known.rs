//! What an event says of its customer, to be found again in its texts.

use std::borrow::Cow;

use tingjian_schemas::Common;

use super::phone_digits;
use crate::{
    mask::{Token, numeral},
    normalise,
};

/// Fewest letters and digits of a value that is looked for, and from how many on it is also found inside longer ones.
const SHORTEST: usize = 4;
const UNMISTAKABLE: usize = 6;

/// Most separating characters between two characters of a value.
const GAP: usize = 2;

/// The values, each without separators, in lower case.
#[derive(Debug, Default)]
pub(super) struct Known {
    values: Vec<(Vec<char>, Token)>,
}

impl Known {
    pub(super) fn of(common: &Common) -> Self {
        let mut known = Self::default();
        if let Some(customer) = &common.customer {
            if let Some(phone) = &customer.phone {
                known.add(phone_digits(&normalise(phone)).as_deref().unwrap_or(phone), Token::Mobile);
            }
            known.add_all(&customer.account, Token::Account);
            known.add_all(&customer.name, Token::Name);
        }
        known.add_all(&common.order_id, Token::Order);
        known.add_all(&common.case_id, Token::Order);
        // The longer first: an account may be the phone with something after it.
        known.values.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        known
    }

    fn add_all(&mut self, value: &Option<String>, token: Token) {
        if let Some(value) = value {
            self.add(value, token);
        }
    }

    fn add(&mut self, value: &str, token: Token) {
        let value: Vec<char> = normalise(value).chars().filter(|c| c.is_alphanumeric()).map(fold).collect();
        let telling = value.len() >= SHORTEST || value.len() >= 2 && value.iter().any(|c| !c.is_ascii());
        if telling {
            self.values.push((value, token));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// `text` with every value replaced by its token.
    pub(super) fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let (mut out, mut done, mut at) = (String::new(), 0, 0);
        while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let rest = text.get(at..).unwrap_or_default();
            if let Some(token) = Token::ALL.iter().find(|token| rest.starts_with(token.text())) {
                at += token.text().len();
            } else if let Some((token, end)) = self.find(text, at, c) {
                out.push_str(text.get(done..at).unwrap_or_default());
                out.push_str(token.text());
                (done, at) = (end, end);
            } else {
                at += c.len_utf8();
            }
        }
        if done == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(text.get(done..).unwrap_or_default());
        Cow::Owned(out)
    }

    fn find(&self, text: &str, at: usize, c: char) -> Option<(Token, usize)> {
        let first = fold(c);
        let mut starting = self.values.iter().filter(|(value, _)| value.first() == Some(&first));
        starting.find_map(|(value, token)| {
            let end = reach(text, at, value)?;
            let alone = !joins(text.get(..at)?.chars().next_back()) && !joins(text.get(end..)?.chars().next());
            let common = value.len() < UNMISTAKABLE && value.iter().all(char::is_ascii);
            (alone || !common).then_some((*token, end))
        })
    }
}

/// Where `value` ends if it starts at `at`, with separators between its characters or without.
fn reach(text: &str, at: usize, value: &[char]) -> Option<usize> {
    let mut wanted = value.iter();
    let mut next = wanted.next()?;
    let mut gap = 0;
    for (i, c) in text.get(at..)?.char_indices() {
        if fold(c) == *next {
            gap = 0;
            match wanted.next() {
                Some(more) => next = more,
                None => return Some(at + i + c.len_utf8()),
            }
        } else if c.is_alphanumeric() || gap == GAP {
            return None;
        } else {
            gap += 1;
        }
    }
    None
}

fn joins(neighbour: Option<char>) -> bool {
    neighbour.is_some_and(|c| c.is_ascii_alphanumeric())
}

/// Upper and lower case, digits and Chinese numerals are one.
fn fold(c: char) -> char {
    numeral(c).unwrap_or_else(|| c.to_lowercase().next().unwrap_or(c))
}
