//! A trained model: one row of small integers per hashed feature, and how to read scores as probabilities.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::features::{Feature, GROUPS, Group, Worth, values};

/// Begins every model file.
const MAGIC: &[u8; 8] = b"TJMODEL\x01";
/// Changes when the meaning of features or of the header does.
pub const FORMAT: u32 = 2;
/// No header is longer.
const MAX_HEADER: usize = 1 << 24;

/// What a model was trained to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Kinds, causes, praise, abuse.
    Cause,
    /// Responsible units.
    Unit,
}

impl Purpose {
    /// The name in messages and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cause => "cause",
            Self::Unit => "unit",
        }
    }
}

/// Why a model file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum ModelError {
    #[error("this is no Tingjian model file")]
    NotAModel,
    #[error("the model file is of format {found}; this version reads format {FORMAT}: train it again")]
    OtherFormat { found: u32 },
    #[error("the model file is truncated: {have} bytes, {want} wanted")]
    Truncated { have: usize, want: usize },
    #[error("the model file is damaged: its checksum does not fit")]
    Damaged,
    #[error("the model file's header cannot be read: {0}")]
    Header(String),
    #[error("this model tells {found}, a model for {wanted} is wanted")]
    WrongPurpose { found: &'static str, wanted: &'static str },
    #[error("the model names {0:?}, which the taxonomy does not have: train it again")]
    UnknownLabel(String),
}

/// One label's way from a raw score to a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// A cause, `primary:` and a cause, `kind.…`, `praised`, `abuse`, or a unit.
    pub name: String,
    /// Weight of a text as such.
    pub bias: f32,
    /// What an integer weight for a text is worth.
    pub scale: f32,
    /// Weight of a clause as such.
    pub clause_bias: f32,
    /// What an integer weight for a clause is worth.
    pub clause_scale: f32,
    /// The clauses' part in the score; the rest is the text's.
    pub clause_share: f32,
    /// Probability = logistic(slope × score + offset).
    pub slope: f32,
    /// See `slope`.
    pub offset: f32,
    /// The probability from which the label is given.
    pub threshold: f32,
}

/// Everything but the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// What it tells.
    pub purpose: Purpose,
    /// Labels in the order of the weights.
    pub labels: Vec<Label>,
    /// Rules it was trained with.
    pub rules: String,
    /// Segmentation dictionary it was trained with.
    pub dictionary: String,
    /// Rows it was trained on.
    pub rows: usize,
    /// Hash of each input's rows, in order.
    pub data: Vec<String>,
    /// What the groups of features are worth in a text.
    pub worth: Worth,
    /// What they are worth in a clause.
    pub clause_worth: Worth,
    /// How many features.
    pub features: usize,
}

/// A trained model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Everything but the weights.
    pub header: Header,
    hashes: Vec<u32>,
    weights: Vec<i8>,
    /// Open addressing: a hash and its place, side by side so that a look-up waits for memory once.
    slots: Vec<(u32, u32)>,
    fingerprint: String,
}

impl Model {
    /// Puts a model together; `weights` has one row per hash, in it the labels' weights for texts, then for clauses.
    pub(crate) fn new(mut header: Header, hashes: Vec<u32>, weights: Vec<i8>) -> Self {
        header.features = hashes.len();
        let slots = slots(&hashes);
        let mut model = Self { header, hashes, weights, slots, fingerprint: String::new() };
        model.fingerprint = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(&model.to_bytes()));
        model
    }

    /// The same weights under another header.
    #[must_use]
    pub(crate) fn with_header(self, header: Header) -> Self {
        Self::new(header, self.hashes, self.weights)
    }

    /// Names this very model.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The file: magic, format, header length, header (JSON), hashes, weights, checksum; integers little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = serde_json::to_vec(&self.header).unwrap_or_default();
        let mut out = Vec::with_capacity(header.len() + self.hashes.len() * 4 + self.weights.len() + 24);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(&(header.len() as u32).to_le_bytes());
        out.extend_from_slice(&header);
        self.hashes.iter().for_each(|h| out.extend_from_slice(&h.to_le_bytes()));
        out.extend(self.weights.iter().map(|w| w.to_le_bytes()[0]));
        let sum = xxhash_rust::xxh3::xxh3_64(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        out
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// It is no model, of another format, truncated, damaged, or for another purpose.
    pub fn from_bytes(bytes: &[u8], wanted: Purpose) -> Result<Self, ModelError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ModelError::NotAModel)?;
        let (format, rest) = number(rest, bytes.len(), 12)?;
        if format != FORMAT {
            return Err(ModelError::OtherFormat { found: format });
        }
        let (length, rest) = number(rest, bytes.len(), 16)?;
        let length = length as usize;
        let want = 16 + length;
        let text = rest.get(..length).filter(|_| length <= MAX_HEADER);
        let text = text.ok_or(ModelError::Truncated { have: bytes.len(), want })?;
        let header: Header = serde_json::from_slice(text).map_err(|e| ModelError::Header(e.to_string()))?;
        let body = header.features.saturating_mul(4 + 2 * header.labels.len());
        let want = want.saturating_add(body).saturating_add(8);
        if bytes.len() != want {
            return Err(ModelError::Truncated { have: bytes.len(), want });
        }
        let (content, sum) = bytes.split_at(bytes.len() - 8);
        if xxhash_rust::xxh3::xxh3_64(content).to_le_bytes() != sum {
            return Err(ModelError::Damaged);
        }
        if header.purpose != wanted {
            return Err(ModelError::WrongPurpose { found: header.purpose.name(), wanted: wanted.name() });
        }
        let (hashes, weights) = content.get(16 + length..).unwrap_or_default().split_at(header.features * 4);
        let hashes: Vec<u32> = hashes.chunks_exact(4).map(|c| c.try_into().map_or(0, u32::from_le_bytes)).collect();
        let weights = weights.iter().map(|w| i8::from_le_bytes([*w])).collect();
        let fingerprint = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(bytes));
        let slots = slots(&hashes);
        Ok(Self { header, hashes, weights, slots, fingerprint })
    }

    /// How many labels.
    pub fn labels(&self) -> usize {
        self.header.labels.len()
    }

    /// The place of a label.
    pub fn label(&self, name: &str) -> Option<usize> {
        self.header.labels.iter().position(|l| l.name == name)
    }

    /// The weights of a feature: one per label for texts, then one per label for clauses.
    pub fn row(&self, hash: u32) -> Option<&[i8]> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = spread(hash) & mask;
        loop {
            let (found, place) = *self.slots.get(slot)?;
            if place == EMPTY {
                return None;
            }
            if found == hash {
                let width = 2 * self.labels();
                return self.weights.get(place as usize * width..(place as usize + 1) * width);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Raw scores of every label.
    pub fn score(&self, features: &[Feature], sums: &mut Sums) {
        sums.gather(self, features);
        sums.find_best();
        sums.scores.clear();
        for (label, meta) in self.header.labels.iter().enumerate() {
            let text = meta.bias + meta.scale * sums.text.get(label).copied().unwrap_or(0.0);
            let score = if meta.clause_share > 0.0 {
                meta.clause_share * sums.pooled(label, meta) + (1.0 - meta.clause_share) * text
            } else {
                text
            };
            sums.scores.push(score);
        }
    }
}

impl Model {
    /// The raw score of one label for some features of a text: what [`Model::score`] would say were there no others.
    pub fn score_one<'f>(&self, features: impl Iterator<Item = &'f Feature> + Clone, label: usize) -> f32 {
        let Some(meta) = self.header.labels.get(label) else { return 0.0 };
        let labels = self.labels();
        let mut totals = [0f32; GROUPS];
        let mut texts = [0f32; GROUPS];
        let mut whole = 0f32;
        // Per clause and group: how many features, and the sum of their weights.
        let mut clauses: BTreeMap<u16, [(f32, f32); GROUPS]> = BTreeMap::new();
        for feature in features {
            let group = feature.group as usize;
            let row = self.row(feature.hash);
            let at = |i: usize| row.and_then(|r| r.get(i)).map_or(0.0, |w| f32::from(*w));
            let (text, clause) = (at(label), at(labels + label));
            if let (Some(total), Some(sum)) = (totals.get_mut(group), texts.get_mut(group)) {
                *total += 1.0;
                *sum += text;
            }
            if feature.group == Group::Shape {
                whole += clause * self.header.clause_worth.get(group).map_or(0.0, |w| w.0);
            } else if let Some(slot) = clauses.entry(feature.clause).or_default().get_mut(group) {
                *slot = (slot.0 + 1.0, slot.1 + clause);
            }
        }
        let shared = |sum: f32, count: f32, (weight, power): (f32, f32)| sum * weight / count.max(1.0).powf(power);
        let text: f32 = texts.iter().zip(totals).zip(&self.header.worth).map(|((s, n), w)| shared(*s, n, *w)).sum();
        let text = meta.bias + meta.scale * text;
        let of_clause = |groups: &[(f32, f32); GROUPS]| -> f32 {
            groups.iter().zip(&self.header.clause_worth).map(|((n, s), w)| shared(*s, *n, *w)).sum()
        };
        let sum: f32 = clauses.values().map(|c| (of_clause(c) * meta.clause_scale).exp()).sum();
        let pool = meta.clause_bias + if clauses.is_empty() { 0.0 } else { sum.ln() } + whole * meta.clause_scale;
        meta.clause_share * pool + (1.0 - meta.clause_share) * text
    }
}

/// Sums of weights of one text; reuse it for the next.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// Raw score per label.
    pub scores: Vec<f32>,
    text: Vec<f32>,
    whole: Vec<f32>,
    clauses: Vec<f32>,
    worth: Vec<[f32; GROUPS]>,
    best: Vec<f32>,
    filled: Vec<usize>,
    labels: usize,
}

impl Sums {
    fn gather(&mut self, model: &Model, features: &[Feature]) {
        let labels = model.labels();
        self.labels = labels;
        let worth = values(features, &model.header.worth);
        self.weigh(features, &model.header.clause_worth);
        for (sums, size) in [(&mut self.text, 1), (&mut self.whole, 1), (&mut self.clauses, self.worth.len())] {
            sums.clear();
            sums.resize(labels * size, 0.0);
        }
        for feature in features {
            let Some((of_text, of_clause)) = model.row(feature.hash).map(|r| r.split_at(labels)) else { continue };
            let group = feature.group as usize;
            add(&mut self.text, of_text, worth.get(group).copied().unwrap_or(0.0));
            let clause = usize::from(feature.clause);
            let (into, value) = if feature.group == Group::Shape {
                (Some(&mut self.whole[..]), model.header.clause_worth.get(group).map_or(0.0, |w| w.0))
            } else {
                let value = self.worth.get(clause).and_then(|c| c.get(group)).copied().unwrap_or(0.0);
                (self.clauses.get_mut(clause * labels..(clause + 1) * labels), value)
            };
            if let Some(into) = into {
                add(into, of_clause, value);
            }
        }
    }

    /// Per clause and group what a feature there is worth; nothing where the clause has none.
    fn weigh(&mut self, features: &[Feature], worth: &Worth) {
        let inside = features.iter().filter(|f| f.group != Group::Shape);
        let clauses = inside.clone().map(|f| usize::from(f.clause) + 1).max().unwrap_or(0);
        self.worth.clear();
        self.worth.resize(clauses, [0.0; GROUPS]);
        for feature in inside {
            let counts = self.worth.get_mut(usize::from(feature.clause));
            if let Some(count) = counts.and_then(|c| c.get_mut(feature.group as usize)) {
                *count += 1.0;
            }
        }
        for (value, (weight, power)) in self.worth.iter_mut().flat_map(|c| c.iter_mut().zip(worth)) {
            if *value > 0.0 {
                *value = weight / if *power == 0.5 { value.sqrt() } else { value.powf(*power) };
            }
        }
    }

    /// The best clause's score of every label. Clauses without any feature do not count.
    fn find_best(&mut self) {
        let Self { clauses, worth, best, filled, labels, .. } = self;
        best.clear();
        best.resize(*labels, f32::MIN);
        filled.clear();
        for (clause, (scores, worth)) in clauses.chunks_exact((*labels).max(1)).zip(worth.iter()).enumerate() {
            if worth.iter().any(|w| *w > 0.0) {
                filled.push(clause);
                best.iter_mut().zip(scores).for_each(|(best, score)| *best = best.max(*score));
            }
        }
    }

    /// Log-sum-exp of the clauses' scores for a label, and what the form of the text adds. Where even the most it can
    /// be is next to nothing, that is the answer: most labels of most texts.
    fn pooled(&self, label: usize, meta: &Label) -> f32 {
        let base = meta.clause_bias + self.whole.get(label).copied().unwrap_or(0.0) * meta.clause_scale;
        let Some(most) = self.best.get(label).filter(|_| !self.filled.is_empty()) else { return base };
        let top = base + most * meta.clause_scale;
        let limit = top + (self.filled.len() as f32).ln();
        if limit < NEXT_TO_NOTHING {
            return limit;
        }
        let scores = self.filled.iter().filter_map(|c| self.clauses.get(c * self.labels + label));
        top + scores.map(|s| ((s - most) * meta.clause_scale).exp()).sum::<f32>().ln()
    }
}

/// A raw score from which no calibration makes a likely label.
const NEXT_TO_NOTHING: f32 = -5.0;

fn add(sums: &mut [f32], weights: &[i8], value: f32) {
    sums.iter_mut().zip(weights).for_each(|(sum, w)| *sum += f32::from(*w) * value);
}

impl Label {
    /// A raw score as a probability.
    pub fn probability(&self, score: f32) -> f32 {
        logistic(self.slope * score + self.offset)
    }
}

/// 1 / (1 + e^-x).
pub fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

const EMPTY: u32 = u32::MAX;

fn spread(hash: u32) -> usize {
    (hash.wrapping_mul(0x9e37_79b1) >> 7) as usize
}

fn slots(hashes: &[u32]) -> Vec<(u32, u32)> {
    let size = (hashes.len() * 2).next_power_of_two().max(2);
    let mut slots = vec![(0, EMPTY); size];
    for (place, hash) in hashes.iter().enumerate() {
        let mut slot = spread(*hash) & (size - 1);
        while slots.get(slot).is_some_and(|s| s.1 != EMPTY) {
            slot = (slot + 1) & (size - 1);
        }
        if let Some(free) = slots.get_mut(slot) {
            *free = (*hash, place as u32);
        }
    }
    slots
}

fn number(bytes: &[u8], have: usize, want: usize) -> Result<(u32, &[u8]), ModelError> {
    let (head, rest) = bytes.split_first_chunk::<4>().ok_or(ModelError::Truncated { have, want })?;
    Ok((u32::from_le_bytes(*head), rest))
}
