//! Root causes and their owners, as an organisation edits them.

use std::sync::Arc;

/// The validated taxonomy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taxonomy {
    /// The `version` of the file.
    pub version: u32,
    /// Groups in file order.
    pub groups: Vec<Group>,
    /// Leaves in file order.
    pub causes: Vec<Cause>,
    /// Hash of the file, with `version` the name under which readings cite it.
    pub fingerprint: Arc<str>,
}

/// A group of causes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Group {
    pub code: Arc<str>,
    pub zh: String,
    pub en: String,
}

/// A leaf: one root cause.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Cause {
    /// `group.leaf`; stable.
    pub code: Arc<str>,
    pub zh: String,
    pub en: String,
    /// Responsible department by default.
    pub owner: Arc<str>,
    pub definition: String,
}
