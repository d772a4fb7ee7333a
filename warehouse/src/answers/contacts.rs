//! Contacts: whether the first was enough, and what they cost.

use clickhouse::Row;
use jiff::Timestamp;
use serde::Deserialize;

use super::{MAX_GROUPS, Span};
use crate::{Warehouse, WarehouseError, questions::with_parts};

/// By what contacts are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ContactsBy {
    Agent,
    Channel,
    SkillGroup,
    Cause,
    Lane,
    Week,
    Day,
    /// Path through the phone menu.
    Menu,
}

impl ContactsBy {
    const fn group(self) -> &'static str {
        match self {
            Self::Agent => include_str!("../../questions/answers/by/agent_no.sql"),
            Self::Channel => include_str!("../../questions/answers/by/channel.sql"),
            Self::SkillGroup => include_str!("../../questions/answers/by/skill_group.sql"),
            Self::Cause => include_str!("../../questions/answers/by/cause.sql"),
            Self::Lane => include_str!("../../questions/answers/by/lane.sql"),
            Self::Week => include_str!("../../questions/answers/by/week.sql"),
            Self::Day => include_str!("../../questions/answers/by/day.sql"),
            Self::Menu => include_str!("../../questions/answers/by/menu.sql"),
        }
    }
}

/// Contacts of one group.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct ContactGroup {
    pub key: String,
    pub contacts: u64,
    pub chains: u64,
    pub old_24h: u64,
    pub resolved_24h: u64,
    pub old_48h: u64,
    pub resolved_48h: u64,
    pub old_72h: u64,
    pub resolved_72h: u64,
    pub old_7d: u64,
    pub resolved_7d: u64,
    pub wait_s: u64,
    pub talk_s: u64,
    pub presses: u64,
    pub transfers: u64,
    pub repeated: u64,
    pub calls: u64,
    pub abuse: u64,
}

impl Warehouse {
    /// Contacts by group, as of a time; `zone` says where days and weeks begin.
    ///
    /// # Errors
    /// What the server says.
    pub async fn contact_groups(
        &self,
        by: ContactsBy,
        span: Span,
        agent_no: &str,
        zone: &str,
        as_of: Timestamp,
    ) -> Result<Vec<ContactGroup>, WarehouseError> {
        let parts = [("group", by.group())];
        let sql = with_parts(include_str!("../../questions/answers/contacts.sql"), &parts);
        let as_of = as_of.as_millisecond();
        self.fetch_all("looking at contacts", &sql, |query| {
            let query = span.bind(query).param("zone", zone).param("as_of", as_of);
            query.param("agent_no", agent_no).param("limit", MAX_GROUPS)
        })
        .await
    }
}
