//! Root causes and their owners, as an organisation edits them.

use std::sync::Arc;

use serde::Serialize;

pub use self::error::{TaxonomyError, TaxonomyProblem};

mod error;
mod parse;
#[cfg(test)]
mod tests;
mod write;

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
    /// Codes that are no longer leaves, and what is counted in their place.
    pub moved: Vec<Moved>,
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

/// A leaf that was taken out or got another code: what rules, models and people said of it counts for another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The code it had.
    pub from: Arc<str>,
    /// A leaf, or `other`.
    pub into: Arc<str>,
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
        Self::check(file).map_err(|mut wrong| wrong.swap_remove(0))
    }

    /// The same for people who edit: everything that is wrong, in the order of the file.
    ///
    /// # Errors
    /// At least one.
    pub fn check(file: &str) -> Result<Self, Vec<TaxonomyError>> {
        parse::taxonomy(file)
    }

    /// What [`Taxonomy::parse`] reads as this taxonomy.
    pub fn to_toml(&self) -> String {
        write::toml(self)
    }

    /// The leaf that a code counts for: itself, or what it was moved into.
    pub fn resolve(&self, code: &str) -> Option<&Cause> {
        let moved = self.moved.iter().find(|moved| &*moved.from == code);
        self.cause(moved.map_or(code, |moved| &moved.into))
    }

    /// Every code that means something: the leaves in file order, those moved, and `other` last.
    pub fn codes(&self) -> impl Iterator<Item = &Arc<str>> {
        let leaves = self.causes.iter().map(|cause| &cause.code);
        leaves.chain(self.moved.iter().map(|moved| &moved.from)).chain(std::iter::once(&self.other.code))
    }

    /// Codes that meant something in `before` and mean nothing here: each wants a `[[moved]]`.
    pub fn lost(&self, before: &Self) -> Vec<Arc<str>> {
        before.codes().filter(|code| self.resolve(code).is_none()).cloned().collect()
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
