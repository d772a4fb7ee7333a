//! Judgements, appeals and corrections as people see them. Added, never edited: the last one counts, all are shown.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_attribution::facts::{AppealFact, CorrectionFact, JudgementFact};
use utoipa::ToSchema;

/// A verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct JudgementView {
    pub event_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    pub verdict: String,
    pub department: Option<String>,
    pub judge: String,
    pub reason: String,
    /// The appeal it answers.
    pub appeal_id: Option<String>,
}

impl From<&JudgementFact> for JudgementView {
    fn from(fact: &JudgementFact) -> Self {
        Self {
            event_id: fact.head.event_id.clone(),
            occurred_at: fact.head.occurred_at,
            verdict: fact.body.verdict.name().to_owned(),
            department: fact.head.department.clone(),
            judge: fact.body.judge.clone(),
            reason: fact.body.reason.clone(),
            appeal_id: fact.body.appeal_id.clone(),
        }
    }
}

/// An appeal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct AppealView {
    pub appeal_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    pub department: Option<String>,
    pub filed_by: String,
    pub reason: String,
    /// No judgement has answered it yet.
    pub open: bool,
}

impl AppealView {
    pub(crate) fn of(fact: &AppealFact, open: &[String]) -> Self {
        Self {
            appeal_id: fact.body.appeal_id.clone(),
            occurred_at: fact.head.occurred_at,
            department: fact.head.department.clone(),
            filed_by: fact.body.filed_by.clone(),
            reason: fact.body.reason.clone(),
            open: open.contains(&fact.body.appeal_id),
        }
    }
}

/// A correction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct CorrectionView {
    pub event_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    pub by: String,
    /// `null`: silent about it.
    pub kind: Option<String>,
    /// `null`: silent about them.
    pub causes: Option<Vec<String>>,
    pub note: Option<String>,
}

impl From<&CorrectionFact> for CorrectionView {
    fn from(fact: &CorrectionFact) -> Self {
        Self {
            event_id: fact.head.event_id.clone(),
            occurred_at: fact.head.occurred_at,
            by: fact.body.by.clone(),
            kind: fact.body.kind.map(|kind| kind.name().to_owned()),
            causes: fact.body.causes.clone(),
            note: fact.body.note.clone(),
        }
    }
}
