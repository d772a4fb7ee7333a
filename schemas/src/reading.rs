//! What analysis understood of one text.

use std::{fmt, str::FromStr, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits;

/// 诉求类型: what the customer wants. The first of the three axes; never mixed with cause or department.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 投诉.
    Complaint,
    /// 表扬.
    Commendation,
    /// 咨询.
    Inquiry,
    /// 建议.
    Suggestion,
    /// None of these, or unreadable.
    Other,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Complaint, Self::Commendation, Self::Inquiry, Self::Suggestion, Self::Other];

    /// The name in JSON and in stored rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Commendation => "commendation",
            Self::Inquiry => "inquiry",
            Self::Suggestion => "suggestion",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is none of the five kinds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind {0:?}; known: {known}", known = Kind::ALL.map(Kind::name).join(", "))]
pub struct UnknownKind(pub String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|k| k.name() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// A run of characters (Unicode scalar values, not bytes) of the masked text: `start` inclusive, `end` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

/// One root cause read in a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CauseReading {
    /// A leaf of the taxonomy, or `other`.
    pub code: Arc<str>,
    /// The taxonomy's owner of that cause: the responsible department until facts or a judgement say otherwise.
    pub department: Arc<str>,
    /// 0 to 1: the estimated probability that a careful reader would name this cause.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub score: f32,
    /// Where the text says so; at least one span.
    #[schemars(length(min = 1))]
    pub evidence: Vec<Span>,
}

/// Everything understood of one text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// The text, normalised and masked: the only form in which a text is stored. Spans count its characters.
    pub text: String,
    /// The words of `text` in order, lower-cased, joined by U+001F, as the index takes them.
    pub words: String,
    /// What the customer wants.
    pub kind: Kind,
    /// 0 to 1: how sure `kind` is.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub kind_score: f32,
    /// 0 to 3 causes, the primary first.
    #[schemars(length(max = limits::CAUSES))]
    pub causes: Vec<CauseReading>,
    /// Promised duration the text states, minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promised_min: Option<u32>,
    /// Elapsed duration the text states, minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_min: Option<u32>,
    /// Whether that elapsed time was still running; `None` exactly where `actual_min` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_open: Option<bool>,
    /// A person or a staff group is praised.
    pub praised: bool,
    /// A person is insulted.
    pub abuse: bool,
    /// Too unsure to be counted under a cause: for the review queue.
    pub abstained: bool,
}

/// What made a reading, so that it can be explained and made again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Versions {
    /// Segmentation dictionary.
    pub dictionary: Arc<str>,
    /// Taxonomy of causes.
    pub taxonomy: Arc<str>,
    /// Rules and lexicon.
    pub rules: Arc<str>,
    /// Trained model; empty where none was used.
    pub model: Arc<str>,
}
