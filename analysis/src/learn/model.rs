//! A trained model: one row of small integers per hashed feature, and how to read scores as probabilities.

use serde::{Deserialize, Serialize};

use super::features::{Feature, GROUPS, Worth, values};

/// Begins every model file.
const MAGIC: &[u8; 8] = b"TJMODEL\x01";
/// Changes when the meaning of features or of the header does.
pub const FORMAT: u32 = 1;
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
    /// What an integer weight is worth.
    pub scale: f32,
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
    /// What the groups of features are worth.
    pub worth: Worth,
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
    slots: Vec<u32>,
    fingerprint: String,
}

impl Model {
    /// Puts a model together; `weights` has one row per hash and one column per label.
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
        let body = header.features.saturating_mul(4 + header.labels.len());
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

    /// The weights of a feature, one per label.
    pub fn row(&self, hash: u32) -> Option<&[i8]> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = spread(hash) & mask;
        loop {
            let place = *self.slots.get(slot)?;
            if place == EMPTY {
                return None;
            }
            if self.hashes.get(place as usize) == Some(&hash) {
                let start = place as usize * self.labels();
                return self.weights.get(start..start + self.labels());
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Raw scores of every label, into `out`.
    pub fn score(&self, features: &[Feature], out: &mut Vec<f32>) {
        let values = values(features, &self.header.worth);
        let labels = self.labels();
        let mut sums = vec![0f32; labels];
        let mut of_group = vec![0i32; labels];
        for group in 0..GROUPS {
            of_group.fill(0);
            let mut any = false;
            for feature in features.iter().filter(|f| f.group as usize == group) {
                if let Some(row) = self.row(feature.hash) {
                    any = true;
                    of_group.iter_mut().zip(row).for_each(|(sum, w)| *sum += i32::from(*w));
                }
            }
            if let Some(value) = values.get(group).filter(|_| any) {
                sums.iter_mut().zip(&of_group).for_each(|(sum, w)| *sum += *w as f32 * value);
            }
        }
        out.clear();
        out.extend(self.header.labels.iter().zip(sums).map(|(l, s)| l.bias + l.scale * s));
    }
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

fn slots(hashes: &[u32]) -> Vec<u32> {
    let size = (hashes.len() * 2).next_power_of_two().max(2);
    let mut slots = vec![EMPTY; size];
    for (place, hash) in hashes.iter().enumerate() {
        let mut slot = spread(*hash) & (size - 1);
        while slots.get(slot).is_some_and(|s| *s != EMPTY) {
            slot = (slot + 1) & (size - 1);
        }
        if let Some(free) = slots.get_mut(slot) {
            *free = place as u32;
        }
    }
    slots
}

fn number(bytes: &[u8], have: usize, want: usize) -> Result<(u32, &[u8]), ModelError> {
    let (head, rest) = bytes.split_first_chunk::<4>().ok_or(ModelError::Truncated { have, want })?;
    Ok((u32::from_le_bytes(*head), rest))
}
