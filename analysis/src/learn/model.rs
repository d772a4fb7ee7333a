//! A trained model: one row of small integers per hashed feature, and how to read scores as probabilities.

use serde::{Deserialize, Serialize};

use super::{
    features::Worth,
    index::Index,
    order::{Candidate, Order, earliest},
    score::Shares,
};

/// Begins every model file.
const MAGIC: &[u8; 8] = b"TJMODEL\x01";
/// Changes when the meaning of features or of the header does.
pub const FORMAT: u32 = 5;
/// No header is longer.
const MAX_HEADER: usize = 1 << 24;

/// Before a cause's name: the label that says that it is the primary one.
pub const LEADS: &str = "first.";

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
    #[error("the model file's features are not in order")]
    Unordered,
    #[error("this model tells {found}, a model for {wanted} is wanted")]
    WrongPurpose { found: &'static str, wanted: &'static str },
    #[error("the model names {0:?}, which the taxonomy does not have: train it again")]
    UnknownLabel(String),
}

/// One label's way from a raw score to a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// A cause, `kind.…`, `praised`, `abuse`, or a unit.
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
    /// What it is worth for being the primary cause.
    pub worth: f32,
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
    /// Which of several causes is the primary one.
    pub order: Order,
    /// How many features.
    pub features: usize,
}

/// A trained model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Everything but the weights.
    pub header: Header,
    hashes: Vec<u32>,
    weights: Weights,
    shares: Shares,
    /// So many of the first labels have weights for clauses too.
    by_clause: usize,
    /// Where hashes lie.
    index: Index,
    fingerprint: String,
}

impl Model {
    /// Puts a model together; `hashes` ascend; `weights` has one row per hash, in it the labels' weights for texts, then those that clauses have a part in for clauses.
    pub(crate) fn new(mut header: Header, hashes: Vec<u32>, weights: Vec<i8>) -> Self {
        header.features = hashes.len();
        let index = Index::new(&hashes);
        let shares = Shares::new(&header.worth, &header.clause_worth);
        let by_clause = by_clause(&header.labels);
        let weights = Weights::new(&weights, header.labels.len() + by_clause);
        let mut model = Self { header, hashes, weights, shares, by_clause, index, fingerprint: String::new() };
        model.fingerprint = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(&model.to_bytes()));
        model
    }

    /// The same weights under another header.
    #[must_use]
    pub(crate) fn with_header(mut self, header: Header) -> Self {
        self.header = Header { features: self.hashes.len(), ..header };
        self.fingerprint = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(&self.to_bytes()));
        self
    }

    /// Names this very model.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The file: magic, format, header length, header (JSON), hashes, weights, checksum; integers little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = serde_json::to_vec(&self.header).unwrap_or_default();
        let width = self.labels() + self.by_clause;
        let mut out = Vec::with_capacity(header.len() + self.hashes.len() * (4 + width) + 24);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(&(header.len() as u32).to_le_bytes());
        out.extend_from_slice(&header);
        self.hashes.iter().for_each(|h| out.extend_from_slice(&h.to_le_bytes()));
        for place in 0..self.hashes.len() {
            out.extend(self.row(place as u32).iter().take(width).map(|w| w.to_le_bytes()[0]));
        }
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
        let by_clause = by_clause(&header.labels);
        let body = header.features.saturating_mul(4 + header.labels.len() + by_clause);
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
        if !hashes.is_sorted_by(|a, b| a < b) {
            return Err(ModelError::Unordered);
        }
        let weights: Vec<i8> = weights.iter().map(|w| i8::from_le_bytes([*w])).collect();
        let weights = Weights::new(&weights, header.labels.len() + by_clause);
        let shares = Shares::new(&header.worth, &header.clause_worth);
        let fingerprint = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(bytes));
        let index = Index::new(&hashes);
        Ok(Self { header, hashes, weights, shares, by_clause, index, fingerprint })
    }

    /// How many labels.
    pub fn labels(&self) -> usize {
        self.header.labels.len()
    }

    /// The place of a label.
    pub fn label(&self, name: &str) -> Option<usize> {
        self.header.labels.iter().position(|l| l.name == name)
    }

    /// The place of a feature's weights.
    #[inline]
    pub(super) fn place(&self, hash: u32) -> Option<u32> {
        self.index.place(&self.hashes, hash)
    }

    /// Whether a feature may have weights: nearly always right, and needs one look.
    #[inline]
    pub(super) fn may_have(&self, hash: u32) -> bool {
        self.index.may_have(hash)
    }

    /// How many blocks of sums a feature's weights for texts need.
    pub(super) fn text_blocks(&self) -> usize {
        self.labels().div_ceil(LANES)
    }

    /// How many blocks of sums a feature's weights for clauses need, with what stands before them in their first block.
    pub(super) fn clause_blocks(&self) -> usize {
        if self.by_clause == 0 { 0 } else { (self.before_clauses() + self.by_clause).div_ceil(LANES) }
    }

    /// How many weights for texts stand in the block where those for clauses begin.
    pub(super) fn before_clauses(&self) -> usize {
        self.labels() % LANES
    }

    /// The weights at a place: those for texts, right after them those for clauses, then zeros.
    #[inline]
    pub(super) fn row(&self, place: u32) -> &[i8] {
        self.weights.row(place)
    }

    /// The blocks of a row with weights for texts, and those with weights for clauses; one block may have both.
    #[inline]
    pub(super) fn parts<'r>(&self, row: &'r [i8]) -> (&'r [i8], &'r [i8]) {
        let of_text = row.get(..self.text_blocks() * LANES).unwrap_or_default();
        let from = self.labels() / LANES * LANES;
        (of_text, row.get(from..from + self.clause_blocks() * LANES).unwrap_or_default())
    }

    /// Starts to fetch the weights at a place: they lie anywhere in megabytes, and waiting for them one after the other
    /// would take longer than all sums.
    #[inline]
    pub(super) fn touch(&self, place: u32) {
        let row = self.row(place);
        std::hint::black_box((row.first().copied(), row.get(LINE).copied()));
    }

    /// The weight of a label for texts and for clauses at a place.
    #[inline]
    pub(super) fn weight(&self, place: u32, label: usize) -> (f32, f32) {
        let row = self.row(place);
        let at = |lane: usize| row.get(lane).map_or(0.0, |w| f32::from(*w));
        (at(label), if label < self.by_clause { at(self.labels() + label) } else { 0.0 })
    }

    /// The weight of a label for texts of a feature.
    pub fn text_weight(&self, hash: u32, label: usize) -> f32 {
        self.place(hash).map_or(0.0, |place| self.weight(place, label).0)
    }

    /// What a feature is worth in a text and in a clause with so many of its group.
    pub(super) fn shares(&self) -> &Shares {
        &self.shares
    }
}

/// Labels are summed in blocks of so many.
pub(super) const LANES: usize = 16;
/// Bytes that memory gives at once.
const LINE: usize = 64;

/// How many of the first labels clauses have a part in.
pub(super) fn by_clause(labels: &[Label]) -> usize {
    labels.iter().rposition(|l| l.clause_share > 0.0).map_or(0, |last| last + 1)
}

/// Rows of weights, each of which begins where a line of memory does: a row touches no more lines than it must.
#[derive(Clone, Debug, PartialEq)]
struct Weights {
    bytes: Vec<i8>,
    /// Where the first row begins.
    begin: usize,
    /// From row to row.
    stride: usize,
}

impl Weights {
    /// From rows without gaps.
    fn new(rows: &[i8], width: usize) -> Self {
        let width = width.max(1);
        let stride = width.next_multiple_of(LINE);
        let mut bytes = vec![0; rows.len() / width * stride + LINE];
        let begin = bytes.as_ptr().align_offset(LINE).min(LINE);
        let places = bytes.get_mut(begin..).unwrap_or_default().chunks_mut(stride);
        for (to, from) in places.zip(rows.chunks(width)) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
        Self { bytes, begin, stride }
    }

    #[inline]
    fn row(&self, place: u32) -> &[i8] {
        let from = self.begin + place as usize * self.stride;
        self.bytes.get(from..from + self.stride).unwrap_or_default()
    }
}

impl Header {
    /// Sorts causes, which are places of labels, by how strongly each claims to be the primary one.
    pub fn sort_causes(&self, causes: &mut [Candidate]) {
        let earliest = earliest(causes);
        let worth = |c: &Candidate| self.labels.get(c.cause).map_or(0.0, |l| l.worth);
        let strength = |c: &Candidate| self.order.strength(c, earliest, worth(c));
        causes.sort_by(|a, b| strength(b).total_cmp(&strength(a)));
    }
}

/// Per label of a cause, the place of the label that says that it is the primary one.
pub fn leads(labels: &[Label]) -> Vec<Option<usize>> {
    let lead = |cause: &Label| labels.iter().position(|l| l.name.strip_prefix(LEADS) == Some(cause.name.as_str()));
    labels.iter().map(lead).collect()
}

impl Label {
    /// Whether it is a cause.
    pub fn is_cause(&self) -> bool {
        !self.name.starts_with("kind.")
            && !self.name.starts_with(LEADS)
            && self.name != "praised"
            && self.name != "abuse"
    }

    /// A raw score as calibrated log-odds.
    pub fn odds(&self, score: f32) -> f32 {
        self.slope * score + self.offset
    }

    /// A raw score as a probability.
    pub fn probability(&self, score: f32) -> f32 {
        logistic(self.odds(score))
    }
}

/// 1 / (1 + e^-x).
pub fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn number(bytes: &[u8], have: usize, want: usize) -> Result<(u32, &[u8]), ModelError> {
    let (head, rest) = bytes.split_first_chunk::<4>().ok_or(ModelError::Truncated { have, want })?;
    Ok((u32::from_le_bytes(*head), rest))
}
