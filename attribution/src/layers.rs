//! What an attribution says, and what it rests on.

use serde::Serialize;
use tingjian_schemas::Verdict;

/// What an attribution rests on. A judgement outranks facts, facts outrank text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A verdict.
    Judgement,
    /// Promise, delivery, capability, case.
    Facts,
    /// What the text says.
    Text,
    /// Undecided for lack of facts.
    Pending,
}

impl Basis {
    /// The name in JSON and in stored rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Judgement => "judgement",
            Self::Facts => "facts",
            Self::Text => "text",
            Self::Pending => "pending",
        }
    }
}

/// Why somebody is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The promise was shorter than what the lane can do.
    Overpromise,
    /// The agent quoted the rule: the rule's owner answers.
    RuleQuoted,
    /// The agent promised less than the rule.
    Misquote,
    /// It took longer than the lane can do, or than was promised.
    Overrun,
    /// A promised callback did not come in time.
    CallbackMissed,
    /// A department asked answered late or not at all.
    RequestLate,
    /// The taxonomy's owner of the cause read in the text.
    TextOwner,
    /// A judge said so.
    Judged,
}

impl Reason {
    /// The name in stored rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overpromise => "overpromise",
            Self::RuleQuoted => "rule_quoted",
            Self::Misquote => "misquote",
            Self::Overrun => "overrun",
            Self::CallbackMissed => "callback_missed",
            Self::RequestLate => "request_late",
            Self::TextOwner => "text_owner",
            Self::Judged => "judged",
        }
    }
}

/// Somebody responsible.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Share {
    /// Department.
    pub department: String,
    /// Leaf of the taxonomy.
    pub cause: String,
    /// Share of a delay, minutes; `None` where no delivery decides.
    pub minutes: Option<i64>,
    /// Why.
    pub reason: Reason,
}

/// What one of judgement, facts and text says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// Which of them.
    pub basis: Basis,
    /// The verdict.
    pub verdict: Verdict,
    /// Larger share first; empty where it is pending or nobody.
    pub responsible: Vec<Share>,
}

impl Layer {
    /// Nobody can tell yet.
    pub(crate) fn pending() -> Self {
        Self { basis: Basis::Pending, verdict: Verdict::Pending, responsible: Vec::new() }
    }
}
