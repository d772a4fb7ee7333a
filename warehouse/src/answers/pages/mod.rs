//! Questions of the pages: counts, and the lists behind every count.

mod asked;
mod chosen;
mod entries;
mod followed;
mod held;
mod matrix;
mod overview;
mod people;
mod review;

use clickhouse::Row;
use serde::Deserialize;

pub use asked::{AskedDepartment, AskedState};
pub use chosen::{Choice, ChosenRecord};
pub use entries::{EntryChoice, LedgerEntryRow};
pub use followed::{ContactChoice, ContactTold};
pub use held::HeldCase;
pub use matrix::MatrixCell;
pub use overview::DimensionCount;
pub use people::{AgentRow, AppealRow, LaneRow as BusyLane};
pub use review::{AgreementRow, Looks, ReviewRow};

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Rows of it at most.
    pub limit: u32,
    /// Rows before it.
    pub offset: u32,
}

#[derive(Row, Deserialize)]
struct Total {
    total: u64,
}

#[derive(Row, Deserialize)]
struct Id {
    record_id: String,
}

fn total(rows: &[Total]) -> u64 {
    rows.first().map_or(0, |row| row.total)
}
