//! `[analysis]`: what texts are understood by.

use std::path::PathBuf;

use serde::Deserialize;

/// `[analysis]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Analysis {
    /// Taxonomy file; unset: the shipped one.
    pub taxonomy: Option<PathBuf>,
    /// Trained model; unset: the shipped one.
    pub model: Option<PathBuf>,
    /// Extra dictionary terms, one a line.
    pub dictionary: Option<PathBuf>,
}
