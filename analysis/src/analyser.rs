//! The one way from a text to its reading.

use std::sync::Arc;

use jiff::Timestamp;
use tingjian_schemas::{CauseReading, Reading, Taxonomy, Versions};

use crate::{
    DictionaryError, Segmenter, mask, normalise, readable,
    times::{Times, TimesContext, read_times},
    understand::{Decision, RuleError, Understander},
};

/// Joins the words of `Reading.words`.
const WORD_JOINER: char = '\u{1f}';

/// What an organisation may set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Further words for the segmenter, one a line: `word [frequency [tag]]`.
    pub dictionary: Option<String>,
}

/// What is known of a text besides the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// When it was said: 上周五 and 今天 count from here.
    pub occurred_at: Option<Timestamp>,
}

/// Why an analyser cannot be made.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum AnalyserError {
    #[error("dictionary: {0}")]
    Dictionary(#[from] DictionaryError),
    #[error("rules: {0}")]
    Rules(#[from] RuleError),
}

/// Reads texts. Immutable: share it between threads.
pub struct Analyser {
    segmenter: Segmenter,
    understander: Understander,
    owners: Vec<(Arc<str>, Arc<str>)>,
    versions: Versions,
}

impl Analyser {
    /// Compiles dictionary, rules and model for a taxonomy.
    ///
    /// # Errors
    /// A rule or a model names what the taxonomy does not have; a file cannot be read.
    pub fn new(taxonomy: &Taxonomy, options: &Options) -> Result<Self, AnalyserError> {
        let segmenter = Segmenter::new(options.dictionary.as_deref())?;
        let understander = Understander::new(taxonomy)?;
        let owners = taxonomy.leaves().map(|c| (c.code.clone(), c.owner.clone())).collect();
        let versions = Versions {
            dictionary: segmenter.version().clone(),
            taxonomy: taxonomy.citation().into(),
            rules: understander.rules().fingerprint().into(),
            model: "".into(),
        };
        Ok(Self { segmenter, understander, owners, versions })
    }

    /// Reads one text. Never fails: what cannot be understood is `other`, without causes.
    pub fn read(&self, text: &str, context: &Context) -> Reading {
        let text = mask(&normalise(text)).into_owned();
        let times = read_times(&text, &TimesContext { occurred_at: context.occurred_at });
        let mut words = Vec::new();
        self.segmenter.cut(&text, &mut words);
        let joined = join(&words);
        let decision = self.understander.read(&text, &readable(&text));
        self.reading(text, joined, &times, decision)
    }

    /// Names of everything that made a reading.
    pub fn versions(&self) -> &Versions {
        &self.versions
    }

    fn reading(&self, text: String, words: String, times: &Times, decision: Decision) -> Reading {
        let causes = decision.causes.into_iter().filter_map(|c| {
            let (code, owner) = self.owners.get(c.cause)?;
            Some(CauseReading { code: code.clone(), department: owner.clone(), score: c.score, evidence: c.evidence })
        });
        Reading {
            causes: causes.collect(),
            text,
            words,
            kind: decision.kind,
            kind_score: decision.kind_score,
            promised_min: times.promised.map(|(minutes, _)| minutes),
            actual_min: times.actual.map(|(minutes, _)| minutes),
            actual_open: times.open,
            praised: decision.praised,
            abuse: decision.abuse,
            abstained: decision.abstained,
        }
    }
}

/// Lower-cases and joins words.
fn join(words: &[&str]) -> String {
    let mut joined = String::with_capacity(words.iter().map(|w| w.len() + 1).sum());
    for word in words {
        if !joined.is_empty() {
            joined.push(WORD_JOINER);
        }
        match word.bytes().any(|b| b.is_ascii_uppercase()) || !word.is_ascii() {
            true => joined.extend(word.chars().flat_map(char::to_lowercase)),
            false => joined.push_str(word),
        }
    }
    joined
}
