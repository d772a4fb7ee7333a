//! The row that vouches for everything before an offset.

use serde::Serialize;

/// How far the warehouse has come in one partition.
#[derive(Serialize)]
pub(crate) struct PositionRow<'a> {
    pub source: &'a str,
    pub number: u32,
    pub next: u64,
}
