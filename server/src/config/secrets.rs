//! Secrets, and the files that hold them.

use std::path::PathBuf;

use serde::Deserialize;

/// A text that is never printed.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "unset" } else { "***" })
    }
}

/// `[secrets]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// File with the key of the link hashes; unset: `link.key` in the data folder, made at the first start.
    pub link_key_file: Option<PathBuf>,
}
