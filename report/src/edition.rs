//! A report as it is kept: frozen, with what was added to it later.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Difference, FORM, Report};

/// The mark by which an HTML file says which document it was made of.
const MARK: &str = "<script type=\"application/json\" id=\"document\">";
const MARK_END: &str = "</script>";

/// A report with what was added to it. Its report never changes; amendments and objections are added after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Edition {
    /// Form of this document.
    pub form: String,
    /// 1: as published. Every addition is an edition of its own.
    pub edition: u32,
    /// SHA-256 of the report's JSON.
    pub sha256: String,
    /// As published.
    pub report: Report,
    /// Later recomputations that say something else.
    pub amendments: Vec<Amendment>,
    /// What departments object, under their names.
    pub objections: Vec<Objection>,
}

/// A later recomputation that says something else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Amendment {
    /// When it was added.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Time of the newest event it knew.
    pub as_of: Option<Timestamp>,
    /// SHA-256 of the report's JSON as it would be now.
    pub sha256: String,
    /// What would be said now.
    pub differences: Vec<Difference>,
}

/// A department's objection to one number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Objection {
    /// When it was added.
    pub at: Timestamp,
    /// The account that added it.
    pub by: String,
    /// In whose name.
    pub department: String,
    /// What it disputes: `sentence`, `cause:CODE`, `lane:LANE`, `department:NAME`, `volumes`, `effort`, `people`, `quality`.
    pub about: String,
    /// What it says.
    pub text: String,
}

/// Why a document cannot be kept or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditionError {
    /// Not a document of this form.
    #[error("不是听见周报的文件：{0}")]
    Form(String),
    /// An objection to nothing the report says.
    #[error("周报里没有 {0:?} 可以提出异议；可用：{1}")]
    Target(String, String),
}

/// Which document a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadFile {
    /// Whether it is the HTML.
    pub is_html: bool,
    /// The document in it.
    pub edition: Edition,
}

/// The hash of a report: of its JSON without spaces.
fn hash(report: &Report) -> Result<String, EditionError> {
    let json = serde_json::to_vec(report).map_err(|error| EditionError::Form(error.to_string()))?;
    Ok(Sha256::digest(&json).iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Edition {
    /// The first edition.
    ///
    /// # Errors
    /// Never for what [`compose`](crate::compose) made.
    pub fn first(report: Report) -> Result<Self, EditionError> {
        Ok(Self {
            form: FORM.to_owned(),
            edition: 1,
            sha256: hash(&report)?,
            report,
            amendments: Vec::new(),
            objections: Vec::new(),
        })
    }

    /// The next edition, with a recomputation's differences; `None` where it says the same.
    ///
    /// # Errors
    /// As [`Edition::first`].
    pub fn amended(&self, now: &Report, at: Timestamp, by: &str) -> Result<Option<Self>, EditionError> {
        let of = |report| serde_json::to_value(report).map_err(|error| EditionError::Form(error.to_string()));
        let sha256 = hash(now)?;
        let known = self.amendments.last().map_or(&self.sha256, |last| &last.sha256);
        if *known == sha256 {
            return Ok(None);
        }
        let differences = crate::differences(&of(&self.report)?, &of(now)?);
        let amendment = Amendment { at, by: by.to_owned(), as_of: now.as_of, sha256, differences };
        let mut next = self.clone();
        next.edition += 1;
        next.amendments.push(amendment);
        Ok(Some(next))
    }

    /// The next edition, with an objection.
    ///
    /// # Errors
    /// It is about nothing the report says.
    pub fn objected(&self, objection: Objection) -> Result<Self, EditionError> {
        let targets = self.targets();
        if !targets.contains(&objection.about) {
            return Err(EditionError::Target(objection.about, targets.join("、")));
        }
        let mut next = self.clone();
        next.edition += 1;
        next.objections.push(objection);
        Ok(next)
    }

    /// What can be objected to.
    pub fn targets(&self) -> Vec<String> {
        let Report { causes, over_promises, departments, .. } = &self.report;
        let whole = ["sentence", "volumes", "effort", "people", "quality"].map(str::to_owned);
        let causes = causes.items.iter().map(|cause| format!("cause:{}", cause.code));
        let lanes = over_promises.items.iter().map(|lane| format!("lane:{}", lane.lane));
        let departments = departments.iter().map(|one| format!("department:{}", one.department));
        whole.into_iter().chain(causes).chain(lanes).chain(departments).collect()
    }

    /// The same additions to another report.
    ///
    /// # Errors
    /// As [`Edition::first`].
    pub fn with_report(&self, report: Report) -> Result<Self, EditionError> {
        Ok(Self { sha256: hash(&report)?, report, ..self.clone() })
    }

    /// The document as it stands in the HTML: no text of it can open or end an element.
    pub(crate) fn embedded(&self) -> String {
        serde_json::to_string(self).unwrap_or_default().replace('<', "\\u003c")
    }
}

/// Reads a file that [`html`](crate::html) or [`json`](crate::json) wrote.
///
/// # Errors
/// It is no such file.
pub fn read(file: &str) -> Result<ReadFile, EditionError> {
    let within = file.split_once(MARK).and_then(|(_, rest)| rest.split_once(MARK_END)).map(|(document, _)| document);
    let document = within.unwrap_or(file);
    let edition: Edition = serde_json::from_str(document).map_err(|error| EditionError::Form(error.to_string()))?;
    if edition.form != FORM {
        return Err(EditionError::Form(format!("form 是 {:?}，此版本读 {FORM:?}", edition.form)));
    }
    Ok(ReadFile { is_html: within.is_some(), edition })
}
