//! Root causes and their owners, as an organisation edits them.

use std::sync::Arc;

use serde::Serialize;

pub use self::error::{TaxonomyError, TaxonomyProblem};

mod error;
mod parse;
#[cfg(test)]
mod tests;

/// Code of the built-in cause that every taxonomy has: none of the leaves.
pub const OTHER: &str = "other";

/// Owner of what nobody here is responsible for; always known.
pub const NOBODY: &str = "无";

/// The validated taxonomy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Taxonomy {
    /// The `version` of the file.
    pub version: u32,
    /// The departments that may own a cause, where the file lists them; else the owners in use. `无` is not in it.
    pub owners: Vec<Arc<str>>,
    /// Groups in file order.
    pub groups: Vec<Group>,
    /// Leaves in file order, without the built-in `other`.
    pub causes: Vec<Cause>,
    /// The built-in cause `other`, owned by nobody.
    pub other: Cause,
    /// Hash of what the file says (not of its comments or layout): 32 lower-case hex digits.
    pub fingerprint: Arc<str>,
}

/// A group of causes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Stable code, one word.
    pub code: Arc<str>,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

/// A leaf: one root cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// `group.leaf`; stable.
    pub code: Arc<str>,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Responsible department by default.
    pub owner: Arc<str>,
    /// What belongs under it, for people who label.
    pub definition: String,
}

impl Cause {
    /// The group's code: the part before the dot; the whole code for `other`.
    pub fn group(&self) -> &str {
        self.code.split_once('.').map_or(&self.code, |(group, _)| group)
    }
}

impl Taxonomy {
    /// The taxonomy that is shipped.
    ///
    /// # Errors
    /// Never for the file in this repository: a test reads it.
    pub fn shipped() -> Result<Self, TaxonomyError> {
        Self::parse(include_str!("../taxonomy.toml"))
    }

    /// Reads and validates a taxonomy file (TOML).
    ///
    /// # Errors
    /// The first thing wrong, with its line.
    pub fn parse(file: &str) -> Result<Self, TaxonomyError> {
        parse::taxonomy(file)
    }

    /// The leaf with this code, or the built-in `other`.
    pub fn cause(&self, code: &str) -> Option<&Cause> {
        self.leaves().find(|c| &*c.code == code)
    }

    /// The default responsible department of the leaf with this code.
    pub fn owner(&self, code: &str) -> Option<&Arc<str>> {
        self.cause(code).map(|c| &c.owner)
    }

    /// The group with this code.
    pub fn group(&self, code: &str) -> Option<&Group> {
        self.groups.iter().find(|g| &*g.code == code)
    }

    /// Every leaf in file order, and `other` last.
    pub fn leaves(&self) -> impl Iterator<Item = &Cause> {
        self.causes.iter().chain(std::iter::once(&self.other))
    }

    /// How a reading cites this taxonomy: version and the start of the fingerprint, `1-0f3a9c27`.
    pub fn citation(&self) -> String {
        format!("{}-{}", self.version, self.fingerprint.get(..8).unwrap_or(&self.fingerprint))
    }
}
