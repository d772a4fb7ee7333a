//! Words and the concepts they name, compiled into one automaton that reads a text in one pass.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::RuleError;
use crate::trie::Trie;

/// At most so many concepts may share one word.
const MEANINGS: usize = 6;

/// A word found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The word's entry.
    pub word: u32,
    /// Concepts and literals it stands for; unused places hold `u16::MAX`.
    pub terms: [u16; MEANINGS],
    /// Under an odd number of negations.
    pub negated: bool,
}

impl Token {
    /// Whether the word stands for this concept.
    pub fn has(&self, term: u16) -> bool {
        self.terms.contains(&term)
    }

    /// The concepts and literals it stands for.
    pub fn terms(&self) -> impl Iterator<Item = u16> + '_ {
        self.terms.iter().copied().take_while(|t| *t != u16::MAX)
    }
}

/// One concept of a lexicon file: a meaning and the words that carry it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConceptEntry {
    pub name: String,
    /// Separated by white space.
    pub words: String,
    /// Somebody or something that a clause can be about; the next clauses stay about it until another comes.
    #[serde(default)]
    pub subject: bool,
    /// For the reader of the file.
    #[allow(dead_code)]
    pub why: String,
}

#[derive(Clone, Copy, Debug)]
struct Word {
    terms: [u16; MEANINGS],
    /// A word of the lexicon hides shorter ones inside it (不错 hides 错); a rule's literal does not.
    shadows: bool,
}

/// The compiled lexicon.
pub struct Lexicon {
    trie: Trie,
    words: Vec<Word>,
    names: Vec<String>,
    concepts: usize,
    subjects: Vec<bool>,
    negation: u16,
    bridge: u16,
}

/// Collects words and names before compiling.
#[derive(Default)]
pub(crate) struct LexiconBuilder {
    words: BTreeMap<String, (Vec<u16>, bool)>,
    names: Vec<String>,
    ids: BTreeMap<String, u16>,
    concepts: usize,
    subjects: Vec<bool>,
}

impl LexiconBuilder {
    /// Adds concepts; all of them come before any literal.
    pub fn concepts(&mut self, file: &str, entries: &[ConceptEntry]) -> Result<(), RuleError> {
        for entry in entries {
            let id = self.id(&entry.name)?;
            self.subjects.resize(self.names.len(), false);
            if let Some(slot) = self.subjects.get_mut(usize::from(id)) {
                *slot |= entry.subject;
            }
            for word in entry.words.split_whitespace() {
                let slot = self.words.entry(word.to_owned()).or_default();
                slot.1 = true;
                if !slot.0.contains(&id) {
                    slot.0.push(id);
                }
                if slot.0.len() > MEANINGS - 1 {
                    return Err(RuleError::TooManyMeanings { file: file.to_owned(), word: word.to_owned() });
                }
            }
        }
        self.concepts = self.names.len();
        Ok(())
    }

    /// The id of a concept that rules name.
    pub fn concept(&self, name: &str) -> Option<u16> {
        self.ids.get(name).copied()
    }

    /// The id of a literal of a rule.
    pub fn literal(&mut self, word: &str) -> Result<u16, RuleError> {
        let id = self.id(&format!("\"{word}"))?;
        let slot = self.words.entry(word.to_owned()).or_default();
        if !slot.0.contains(&id) {
            slot.0.push(id);
        }
        Ok(id)
    }

    fn id(&mut self, name: &str) -> Result<u16, RuleError> {
        if let Some(id) = self.ids.get(name) {
            return Ok(*id);
        }
        let id = u16::try_from(self.names.len()).ok().filter(|i| *i < u16::MAX).ok_or(RuleError::TooManyTerms)?;
        self.ids.insert(name.to_owned(), id);
        self.names.push(name.to_owned());
        Ok(id)
    }

    /// Compiles what was collected.
    pub fn build(self) -> Result<Lexicon, RuleError> {
        let need = |name: &str| self.concept(name).ok_or_else(|| RuleError::MissingConcept(name.to_owned()));
        let (negation, bridge) = (need("neg")?, need("bridge")?);
        let mut words = Vec::with_capacity(self.words.len());
        for (ids, shadows) in self.words.values() {
            let mut terms = [u16::MAX; MEANINGS];
            for (slot, id) in terms.iter_mut().zip(ids) {
                *slot = *id;
            }
            words.push(Word { terms, shadows: *shadows });
        }
        Ok(Lexicon {
            trie: Trie::new(self.words.keys().map(String::as_str)),
            words,
            names: self.names,
            concepts: self.concepts,
            subjects: self.subjects,
            negation,
            bridge,
        })
    }
}

impl Lexicon {
    /// The name of a concept, or a rule's literal with a leading quotation mark.
    pub fn name(&self, term: u16) -> &str {
        self.names.get(usize::from(term)).map_or("", String::as_str)
    }

    /// Names of the concepts, in the order of their ids.
    pub fn concept_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().take(self.concepts).map(String::as_str)
    }

    /// Whether a term is a concept, not a rule's literal.
    pub fn is_concept(&self, term: u16) -> bool {
        usize::from(term) < self.concepts
    }

    /// Per concept, whether a clause can be about it.
    pub fn subjects(&self) -> &[bool] {
        &self.subjects
    }

    /// The id of a concept.
    pub fn concept(&self, name: &str) -> Option<u16> {
        self.names.iter().take(self.concepts).position(|n| n == name).map(|i| i as u16)
    }

    /// Finds every word in order of its start, the longer first; words inside a longer word of the lexicon are dropped.
    pub fn read(&self, text: &str, out: &mut Vec<Token>) {
        out.clear();
        for (start, _) in text.char_indices() {
            let first = out.len();
            self.trie.words_at(text, start, |end, word| {
                let terms = self.words.get(word as usize).map_or([u16::MAX; MEANINGS], |w| w.terms);
                out.push(Token { start: start as u32, end: end as u32, word, terms, negated: false });
            });
            out.get_mut(first..).unwrap_or_default().reverse();
        }
        let mut reach = 0;
        let mut reach_start = 0;
        out.retain(|t| {
            let hidden = t.end <= reach && !(t.start == reach_start && t.end == reach);
            let shadows = self.words.get(t.word as usize).is_some_and(|w| w.shadows);
            if !hidden && shadows && t.end > reach {
                (reach_start, reach) = (t.start, t.end);
            }
            !hidden
        });
        self.negate(text, out);
    }

    /// Marks tokens under an odd number of negations that stand right before them, adverbs in between allowed.
    fn negate(&self, text: &str, tokens: &mut [Token]) {
        let mut reach: u32 = 0;
        let mut odd = false;
        for token in tokens {
            odd = odd && token.start <= reach + GAP_BYTES && gap_is_light(text, reach, token.start);
            let under = odd && token.start >= reach;
            if token.has(self.negation) {
                odd = !under;
                reach = token.end;
            } else {
                token.negated = under;
                if under && token.has(self.bridge) {
                    reach = token.end;
                }
            }
        }
    }
}

/// A negation reaches over at most two characters that are no words of the lexicon.
const GAP_BYTES: u32 = 6;

/// Whether only characters of a clause stand between a negation and a word.
fn gap_is_light(text: &str, from: u32, to: u32) -> bool {
    to <= from || text.get(from as usize..to as usize).is_some_and(|gap| !gap.chars().any(super::clauses::is_break))
}
