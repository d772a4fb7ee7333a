//! People: who was praised, what moved off them, what they bore.

use serde::Serialize;
use tingjian_attribution::LoadBand;
use tingjian_warehouse::{Span, Warehouse};
use utoipa::ToSchema;

use crate::QueryError;

/// Names praised that are listed.
const NAMES: u32 = 5;

/// Praise, exonerations, abuse and load over a span of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeopleAnswer {
    /// Commendations.
    pub commendations: u64,
    /// The most praised.
    pub praised: Vec<PraisedNameView>,
    /// Records in which an agent quoted a rule and the rule was at fault.
    pub exonerated: u64,
    /// Who answers for those rules.
    pub moved: Vec<MovedView>,
    /// Contacts with abuse.
    pub abuse: u64,
    /// Days of agents with contacts.
    pub agent_days: u64,
    /// Of these below the band.
    pub days_under: u64,
    /// Of these above the band.
    pub days_over: u64,
    /// Fewest contacts of a day within the band.
    pub band_low: u32,
    /// Most contacts of a day within the band.
    pub band_high: u32,
}

/// Somebody praised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PraisedNameView {
    /// 工号 or department.
    pub name: String,
    /// Commendations.
    pub records: u64,
    /// One of them.
    pub example_id: String,
    /// Its text, masked.
    pub example: String,
}

/// Records that moved off agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MovedView {
    /// Who answers for the rule.
    pub department: String,
    /// Records.
    pub records: u64,
    /// Agents.
    pub agents: u64,
}

/// People over a span of time; `zone` says where days begin.
///
/// # Errors
/// The warehouse is away.
pub async fn people(warehouse: &Warehouse, span: Span, zone: &str) -> Result<PeopleAnswer, QueryError> {
    let band = LoadBand::default();
    let (sums, praised, moved) = tokio::try_join!(
        warehouse.people_sums(span, zone, (band.low, band.high)),
        warehouse.praised(span, NAMES),
        warehouse.moved_off_agents(span),
    )?;
    Ok(PeopleAnswer {
        commendations: sums.commendations,
        praised: praised
            .into_iter()
            .map(|p| PraisedNameView { name: p.name, records: p.records, example_id: p.example_id, example: p.example })
            .collect(),
        exonerated: sums.exonerated,
        moved: moved
            .into_iter()
            .map(|m| MovedView { department: m.department, records: m.records, agents: m.agents })
            .collect(),
        abuse: sums.abuse,
        agent_days: sums.agent_days,
        days_under: sums.days_under,
        days_over: sums.days_over,
        band_low: band.low,
        band_high: band.high,
    })
}
