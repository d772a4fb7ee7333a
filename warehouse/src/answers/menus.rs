//! The phone menu as callers walked it.

use clickhouse::Row;
use serde::Deserialize;

use super::{MAX_GROUPS, Span};
use crate::{Warehouse, WarehouseError};

/// One place of the menu, reached along one path.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct MenuPlace {
    pub path: Vec<String>,
    /// Calls that passed it or ended at it.
    pub calls: u64,
    pub ended: u64,
    /// Ended at it without having spoken to anybody.
    pub gave_up: u64,
    /// Ended at it having come round to some place twice.
    pub looped: u64,
    /// Key presses of those that ended at it.
    pub pressed: u64,
    /// Seconds those waited.
    pub waited_s: u64,
}

impl Warehouse {
    /// Every place of the phone menu that calls of the span reached.
    ///
    /// # Errors
    /// What the server says.
    pub async fn menu_places(&self, span: Span) -> Result<Vec<MenuPlace>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/weekly/menus.sql");
        self.fetch_all("walking the phone menu", SQL, |query| span.bind(query).param("limit", MAX_GROUPS)).await
    }
}
