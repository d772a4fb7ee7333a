//! The one way from a text to its reading.

use std::{cell::RefCell, sync::Arc};

use jiff::Timestamp;
use tingjian_schemas::{CauseReading, Kind, OTHER, Reading, Taxonomy, Versions};

use crate::{
    DictionaryError, Segmenter,
    learn::{Model, ModelError, Purpose, score::Sums},
    mask, normalise,
    times::{Times, TimesContext, read_times},
    understand::{
        Decision, Explanation, Parsed, RuleError, Scored, Understander,
        rules::{RuleFile, Rules, SHIPPED},
    },
};

/// The model that ships: figures only, made by `tingjian-server train cause`; see `model/README.md`.
const SHIPPED_MODEL: &[u8] = include_bytes!("../model/default.bin");

/// Joins the words of `Reading.words`.
const WORD_JOINER: char = '\u{1f}';

/// What an organisation may set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Further words for the segmenter, one a line: `word [frequency [tag]]`.
    pub dictionary: Option<String>,
    /// The model to decide with.
    pub model: ModelChoice,
    /// Rule and lexicon files (name, text) in place of the shipped ones.
    pub rules: Option<Vec<(String, String)>>,
}

/// The model to decide with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ModelChoice {
    /// The shipped one.
    #[default]
    Shipped,
    /// None: rules alone.
    Rules,
    /// A trained one: the bytes of its file.
    File(Vec<u8>),
}

/// A text taken apart, before any decision.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    /// Normalised and masked.
    pub text: String,
    /// Its words joined by U+001F, lower-cased.
    pub words: String,
    /// Durations it states.
    pub times: Times,
    /// Its tokens, clauses, rules and features.
    pub parsed: Parsed,
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
    #[error("model: {0}")]
    Model(#[from] ModelError),
}

/// Reads texts. Immutable: share it between threads.
pub struct Analyser {
    segmenter: Segmenter,
    understander: Understander,
    /// Per code that rules and model name: the leaf it counts for, and its owner.
    leaves: Vec<Option<(Arc<str>, Arc<str>)>>,
    versions: Versions,
}

impl Analyser {
    /// Compiles dictionary, rules and model for a taxonomy.
    ///
    /// # Errors
    /// A rule or a model names what the taxonomy does not have; a file cannot be read.
    pub fn new(taxonomy: &Taxonomy, options: &Options) -> Result<Self, AnalyserError> {
        let segmenter = Segmenter::new(options.dictionary.as_deref())?;
        let rules = match &options.rules {
            Some(files) => {
                let files: Vec<RuleFile<'_>> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
                Rules::new(taxonomy, &files)?
            }
            None => Rules::new(taxonomy, SHIPPED)?,
        };
        let mut understander = Understander::new(rules);
        let bytes = match &options.model {
            ModelChoice::Shipped => Some(SHIPPED_MODEL),
            ModelChoice::Rules => None,
            ModelChoice::File(bytes) => Some(bytes.as_slice()),
        };
        if let Some(bytes) = bytes.filter(|b| !b.is_empty()) {
            understander = understander.with_model(Model::from_bytes(bytes, Purpose::Cause)?)?;
        }
        let counted = |code: &str| taxonomy.resolve(code).filter(|leaf| code == OTHER || &*leaf.code != OTHER);
        let leaf = |code: &Arc<str>| counted(code).map(|leaf| (leaf.code.clone(), leaf.owner.clone()));
        let leaves = taxonomy.codes().map(leaf).collect();
        let versions = Versions {
            dictionary: segmenter.version().clone(),
            taxonomy: taxonomy.citation().into(),
            rules: understander.rules().fingerprint().into(),
            model: understander.model().map_or("", Model::fingerprint).into(),
        };
        Ok(Self { segmenter, understander, leaves, versions })
    }

    /// Reads one text. Never fails: what cannot be understood is `other`, without causes.
    pub fn read(&self, text: &str, context: &Context) -> Reading {
        SCRATCH.with_borrow_mut(|Scratch { parsed, sums }| {
            let (text, words, times) = self.take_apart(text, context, parsed);
            let decision = self.understander.decide(&text, parsed, sums);
            if parsed.features.len() > MOST_KEPT {
                *parsed = Parsed::default();
                *sums = Sums::default();
            }
            self.reading(text, words, &times, decision)
        })
    }

    /// Reads one text and says why.
    pub fn explain(&self, text: &str, context: &Context) -> Explanation {
        let prepared = self.parse(text, context);
        let decision = self.understander.decide(&prepared.text, &prepared.parsed, &mut Sums::default());
        let reading = self.reading(prepared.text.clone(), prepared.words.clone(), &prepared.times, decision);
        self.understander.explain(&prepared.text, &prepared.parsed, reading)
    }

    /// Takes a text apart without deciding: what training and explanations start from.
    pub fn parse(&self, text: &str, context: &Context) -> Prepared {
        let mut parsed = Parsed::default();
        let (text, words, times) = self.take_apart(text, context, &mut parsed);
        Prepared { text, words, times, parsed }
    }

    /// The clean text, its words and its times; the rest in `parsed`.
    fn take_apart(&self, text: &str, context: &Context, parsed: &mut Parsed) -> (String, String, Times) {
        let text = mask(&normalise(text)).into_owned();
        let times = read_times(&text, &TimesContext { occurred_at: context.occurred_at, ..TimesContext::default() });
        let mut words = Vec::new();
        self.segmenter.cut(&text, &mut words);
        self.understander.parse(&text, &words, &times, parsed);
        let words = join(&words);
        (text, words, times)
    }

    /// The words of a text that was read before, as [`Reading::words`] holds them.
    pub fn words(&self, text: &str) -> String {
        let mut words = Vec::new();
        self.segmenter.cut(text, &mut words);
        join(&words)
    }

    /// Names of everything that made a reading.
    pub fn versions(&self) -> &Versions {
        &self.versions
    }

    /// Causes as the taxonomy in force counts them: a code that was moved counts for its leaf, two of one leaf once, and what was
    /// moved into `other` is no cause any more.
    fn fold(&self, said: impl Iterator<Item = Scored>) -> Vec<CauseReading> {
        let mut causes: Vec<CauseReading> = Vec::new();
        for Scored { cause, score, evidence } in said {
            let Some(Some((code, owner))) = self.leaves.get(cause) else { continue };
            match causes.iter_mut().find(|known| known.code == *code) {
                Some(known) => known.score = known.score.max(score),
                None => {
                    causes.push(CauseReading { code: code.clone(), department: owner.clone(), score, evidence });
                }
            }
        }
        causes
    }

    fn reading(&self, text: String, words: String, times: &Times, decision: Decision) -> Reading {
        // A text of signs and emoji, or of one letter, says nothing that could be a cause.
        let silent = text.chars().filter(|c| c.is_alphanumeric()).take(LEAST_LETTERS).count() < LEAST_LETTERS;
        let said = decision.causes.into_iter().filter(|_| !silent);
        Reading {
            causes: self.fold(said),
            text,
            words,
            kind: if silent { Kind::Other } else { decision.kind },
            kind_score: if silent { 1.0 } else { decision.kind_score },
            promised_min: times.promised.map(|(minutes, _)| minutes),
            actual_min: times.actual.map(|(minutes, _)| minutes),
            actual_open: times.open,
            praised: decision.praised,
            abuse: decision.abuse,
            abstained: !silent && decision.abstained,
        }
    }
}

/// What reading a text fills and the next one can fill again.
#[derive(Default)]
struct Scratch {
    parsed: Parsed,
    sums: Sums,
}

/// Scratch of a text with more features than this is not kept for the next.
const MOST_KEPT: usize = 20_000;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Letters, digits and Chinese characters below which a text says nothing.
const LEAST_LETTERS: usize = 2;

/// From here on (CJK radicals) to the end of what texts are made of, only letters of full width, which normalised texts
/// do not have, and rare scripts have two cases: nothing is lost by leaving them.
const CJK: char = '\u{2e80}';

/// Lower-cases and joins words.
fn join(words: &[&str]) -> String {
    let mut joined = String::with_capacity(words.iter().map(|w| w.len() + 1).sum());
    for word in words {
        if !joined.is_empty() {
            joined.push(WORD_JOINER);
        }
        match word.chars().all(|c| c >= CJK || c.is_ascii() && !c.is_ascii_uppercase()) {
            true => joined.push_str(word),
            false => joined.extend(word.chars().flat_map(char::to_lowercase)),
        }
    }
    joined
}
