//! Words of a Chinese text.

use std::{fmt, sync::Arc};

use jieba_rs::Jieba;
use xxhash_rust::xxh3::Xxh3;

/// Terms of contact centres, couriers, online shops, takeaway, telecoms and city hotlines.
static DOMAIN: &str = include_str!("../dictionary/domain.txt");

/// Which segmenter reads the dictionary: it decides how texts are cut as much as the dictionary does.
const CUTTER: &str = "jieba-rs 0.11 default dictionary, HMM";

/// Cuts texts into words: jieba with the domain dictionary. Immutable; share it in an `Arc`.
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
    /// With the built-in dictionaries and `extra` terms: lines of `term [frequency [tag]]`, where `#` starts a comment
    /// and a term without a frequency gets what keeps it whole. Terms are normalised as texts are.
    ///
    /// # Errors
    /// The first line of `extra` that cannot be used.
    pub fn new(extra: Option<&str>) -> Result<Self, DictionaryError> {
        let mut jieba = Jieba::new();
        let mut print = Xxh3::new();
        print.update(CUTTER.as_bytes());
        for dictionary in [Some(DOMAIN), extra].into_iter().flatten() {
            add_terms(&mut jieba, dictionary)?;
            print.update(dictionary.as_bytes());
            print.update(b"\0");
        }
        Ok(Self { jieba, version: format!("{:016x}", print.digest()).into() })
    }

    /// Appends the words of `text` to `out`, in order: slices of it that together are `text` without its white space.
    pub fn cut<'t>(&self, text: &'t str, out: &mut Vec<&'t str>) {
        // With the HMM, which joins names and coinages that no dictionary has: over 40 000 reviews it costs 4 to 7 % of
        // the time of a cut, and without it there are 15 % more single characters.
        let words = self.jieba.cut(text, true);
        out.extend(words.into_iter().map(|token| token.word).filter(|word| !word.starts_with(char::is_whitespace)));
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
        let error = |reason| DictionaryError { line: index + 1, reason };
        let line = line.split('#').next().unwrap_or_default();
        let mut fields = line.split_whitespace();
        let Some(term) = fields.next() else { continue };
        let frequency = match fields.next() {
            None => None,
            Some(number) => Some(frequency(number).map_err(error)?),
        };
        let tag = fields.next();
        if let Some(more) = fields.next() {
            return Err(error(format!("{more:?} after term, frequency and tag")));
        }
        jieba.add_word(&crate::normalise(term), frequency, tag);
    }
    Ok(())
}

fn frequency(number: &str) -> Result<usize, String> {
    /// More than any word has; far more would drown the rest of the dictionary.
    const MOST: usize = 10_000_000;
    match number.parse() {
        Ok(frequency @ 1..=MOST) => Ok(frequency),
        Ok(_) => Err(format!("the frequency {number} is not between 1 and {MOST}")),
        Err(_) => Err(format!("the frequency {number:?} is not a whole number")),
    }
}
