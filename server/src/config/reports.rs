//! `[reports]`: when the weekly report goes out.

use std::path::PathBuf;

use serde::Deserialize;

/// `[reports]`: when the weekly report goes out, and where to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Reports {
    /// File that lists the channels; unset: nothing is sent.
    pub channels_file: Option<PathBuf>,
    /// Days after the end of the week: 0 is the Monday.
    pub day: i8,
    /// Time of that day in the organisation's zone, `08:00`.
    pub time: jiff::civil::Time,
}

impl Default for Reports {
    fn default() -> Self {
        Self { channels_file: None, day: 0, time: jiff::civil::time(8, 0, 0, 0) }
    }
}
