//! The small pattern language of the rule files.
//!
//! | written | means |
//! |---|---|
//! | `{slow}` | a word of the concept `slow`, not negated |
//! | `太慢` | these very characters, not negated |
//! | `{slow}\|太慢` | either |
//! | `!{good}` | negated: 不好 |
//! | `~{good}` | negated or not |
//! | `-{wish}` | nowhere in the clause (last in the pattern) |
//! | `a b` | a, then b, at most eight characters between, in one clause |
//! | `a & b` | both in one clause, in any order |
//! | `a > b` | a, then b in the same or one of the next two clauses |

use super::{
    RuleError,
    clauses::Clause,
    lexicon::{LexiconBuilder, Token},
};

/// Characters allowed between two neighbours of an ordered pattern, in bytes of Chinese text.
const GAP_BYTES: u32 = 24;
/// How many clauses further `>` looks.
pub(super) const NEAR_CLAUSES: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Polarity {
    Plain,
    Negated,
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Join {
    First,
    Next,
    Beside,
    Near,
}

#[derive(Clone, Debug)]
struct Part {
    terms: Vec<u16>,
    polarity: Polarity,
    join: Join,
}

/// One compiled pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
    absent: Vec<u16>,
    source: String,
}

impl Part {
    fn takes(&self, token: &Token) -> bool {
        let polar = match self.polarity {
            Polarity::Plain => !token.negated,
            Polarity::Negated => token.negated,
            Polarity::Any => true,
        };
        polar && token.terms().any(|t| self.terms.contains(&t))
    }
}

impl Pattern {
    /// Reads one pattern; `place` names it in errors.
    pub fn parse(text: &str, place: &str, lexicon: &mut LexiconBuilder) -> Result<Self, RuleError> {
        let bad = |reason: &str| RuleError::Pattern {
            place: place.to_owned(),
            pattern: text.to_owned(),
            reason: reason.to_owned(),
        };
        let mut pattern = Self { parts: Vec::new(), absent: Vec::new(), source: text.to_owned() };
        let mut join = Join::First;
        for piece in text.split_whitespace() {
            match piece {
                "&" => join = Join::Beside,
                ">" => join = Join::Near,
                _ => {
                    if let Some(rest) = piece.strip_prefix('-') {
                        pattern.absent.extend(terms(rest, place, lexicon)?);
                        continue;
                    }
                    let (polarity, rest) = match piece.chars().next() {
                        Some('!') => (Polarity::Negated, piece.get(1..).unwrap_or_default()),
                        Some('~') => (Polarity::Any, piece.get(1..).unwrap_or_default()),
                        _ => (Polarity::Plain, piece),
                    };
                    if pattern.parts.is_empty() && join != Join::First {
                        return Err(bad("it begins with a connector"));
                    }
                    pattern.parts.push(Part { terms: terms(rest, place, lexicon)?, polarity, join });
                    join = Join::Next;
                }
            }
        }
        if pattern.parts.is_empty() || !matches!(join, Join::Next) {
            return Err(bad("it has no word, or ends with a connector"));
        }
        Ok(pattern)
    }

    /// The pattern as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The terms that a match begins with.
    pub fn anchors(&self) -> &[u16] {
        self.parts.first().map_or(&[], |p| &p.terms)
    }

    /// The terms of which one must follow the first part for a match, and whether it may stand in a later clause.
    pub fn second(&self) -> Option<(&[u16], bool)> {
        self.parts.get(1).map(|p| (p.terms.as_slice(), p.join == Join::Near))
    }

    /// The bytes matched when the pattern begins with token `at` of clause `clause`.
    pub fn matches(&self, at: usize, clause: usize, tokens: &[Token], clauses: &[Clause]) -> Option<(u32, u32)> {
        let first = self.parts.first()?;
        let token = tokens.get(at)?;
        if !first.takes(token) {
            return None;
        }
        let span = self.rest(1, at, clause, (token.start, token.end), tokens, clauses)?;
        let home = clauses.get(clause)?;
        let absent = self.absent.is_empty()
            || !tokens.get(home.tokens.clone())?.iter().any(|t| self.absent.iter().any(|a| t.has(*a)));
        absent.then_some(span)
    }

    fn rest(
        &self,
        part: usize,
        at: usize,
        clause: usize,
        span: (u32, u32),
        tokens: &[Token],
        clauses: &[Clause],
    ) -> Option<(u32, u32)> {
        let Some(wanted) = self.parts.get(part) else { return Some(span) };
        let here = clauses.get(clause)?;
        let previous = tokens.get(at)?;
        let (range, last_clause) = match wanted.join {
            Join::Beside => (here.tokens.clone(), clause),
            Join::First | Join::Next => (at + 1..here.tokens.end, clause),
            Join::Near => {
                let last = (clause + NEAR_CLAUSES).min(clauses.len().saturating_sub(1));
                (at + 1..clauses.get(last)?.tokens.end, last)
            }
        };
        let first = range.start;
        for (offset, token) in tokens.get(range)?.iter().enumerate() {
            if wanted.join == Join::Next && token.start > previous.end + GAP_BYTES {
                break;
            }
            let overlaps = token.start < previous.end && token.end > previous.start;
            if overlaps || !wanted.takes(token) {
                continue;
            }
            let index = first + offset;
            let its_clause = (clause..=last_clause)
                .find(|c| clauses.get(*c).is_some_and(|c| c.tokens.contains(&index)))
                .unwrap_or(clause);
            let span = (span.0.min(token.start), span.1.max(token.end));
            if let Some(found) = self.rest(part + 1, index, its_clause, span, tokens, clauses) {
                return Some(found);
            }
        }
        None
    }
}

/// The terms of `{a}|b|c`.
fn terms(text: &str, place: &str, lexicon: &mut LexiconBuilder) -> Result<Vec<u16>, RuleError> {
    let mut out = Vec::new();
    for one in text.split('|') {
        let term = match one.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            Some(name) => lexicon
                .concept(name)
                .ok_or_else(|| RuleError::UnknownConcept { place: place.to_owned(), name: name.to_owned() })?,
            None if one.is_empty() => {
                return Err(RuleError::Pattern {
                    place: place.to_owned(),
                    pattern: text.to_owned(),
                    reason: "an alternative is empty".to_owned(),
                });
            }
            None => lexicon.literal(one)?,
        };
        out.push(term);
    }
    Ok(out)
}
