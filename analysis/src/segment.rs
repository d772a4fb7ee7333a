//! Words of a Chinese text.

use std::{fmt, sync::Arc};

use jieba_rs::Jieba;

/// Terms of contact centres, couriers, online shops, takeaway, telecoms and city hotlines.
static DOMAIN: &str = include_str!("../dictionary/domain.txt");

/// Cuts texts into words: jieba with the domain dictionary. Immutable; cheap to share.
pub struct Segmenter {
    jieba: Jieba,
    version: Arc<str>,
}

/// A dictionary line that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("dictionary line {line}: {reason}")]
pub struct DictionaryError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl Segmenter {
    /// With the built-in dictionary, and `extra` terms (lines of `term [frequency [tag]]`, `#` starts a comment).
    ///
    /// # Errors
    /// The first line of `extra` that cannot be used.
    pub fn new(extra: Option<&str>) -> Result<Self, DictionaryError> {
        let mut jieba = Jieba::new();
        for dictionary in [Some(DOMAIN), extra].into_iter().flatten() {
            add_terms(&mut jieba, dictionary)?;
        }
        let print = xxhash_rust::xxh3::xxh3_64([DOMAIN, extra.unwrap_or("")].concat().as_bytes());
        Ok(Self { jieba, version: format!("{print:016x}").into() })
    }

    /// Appends the words of `text` to `out`, in order; together they are `text` without its white space.
    pub fn cut<'t>(&self, text: &'t str, out: &mut Vec<&'t str>) {
        out.extend(self.jieba.cut(text, true).into_iter().map(|t| t.word).filter(|w| !w.trim().is_empty()));
    }

    /// Fingerprint of everything that decides how texts are cut.
    pub fn version(&self) -> &Arc<str> {
        &self.version
    }
}

impl fmt::Debug for Segmenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segmenter").field("version", &self.version).finish_non_exhaustive()
    }
}

fn add_terms(jieba: &mut Jieba, dictionary: &str) -> Result<(), DictionaryError> {
    for (index, line) in dictionary.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        let mut fields = line.split_whitespace();
        let Some(term) = fields.next() else { continue };
        let frequency = match fields.next() {
            None => None,
            Some(number) => Some(number.parse::<usize>().map_err(|_| DictionaryError {
                line: index + 1,
                reason: format!("the frequency {number:?} is not a whole number"),
            })?),
        };
        jieba.add_word(term, frequency, fields.next());
    }
    Ok(())
}
