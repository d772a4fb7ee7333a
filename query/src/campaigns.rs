//! 客户先知: customers who knew of a promotion before the agents did.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use tingjian_attribution::{Event, Facts, first_to_know};
use tingjian_schemas::{Fact, FactBody, Lane, PromiseMaker, Taxonomy};
use tingjian_warehouse::{FactKeys, Span, Warehouse};
use utoipa::ToSchema;

use crate::QueryError;

/// Records looked at in one answer at most; the earliest.
const RECORDS: u32 = 100_000;

/// Promotions that records of the span are linked to, the one with most records first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct CampaignsAnswer {
    pub items: Vec<CampaignView>,
}

/// One promotion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignView {
    /// Promise id of the advert.
    pub promise_id: String,
    /// Who answers for it.
    pub owner_department: String,
    /// When agents were told; `null`: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub agents_notified_at: Option<Timestamp>,
    /// Records linked to it.
    pub records: u64,
    /// Of these, those that came before the agents were told.
    pub knew_first: u64,
}

/// Customers who knew first, by promotion.
///
/// # Errors
/// The warehouse is away.
pub async fn campaigns(warehouse: &Warehouse, taxonomy: &Taxonomy, span: Span) -> Result<CampaignsAnswer, QueryError> {
    let Some(as_of) = warehouse.newest_event_at().await? else { return Ok(CampaignsAnswer::default()) };
    let standing = warehouse.standing_promises().await?;
    let records = warehouse.campaign_records(span, &families(&standing), RECORDS).await?;
    let mut keys = FactKeys::default();
    keys.orders.extend(records.iter().filter_map(|stored| stored.record.head.order_key));
    let found = warehouse.facts(&keys).await?;
    let mut events: Vec<Event> = records.into_iter().map(|stored| Event::Record(Box::new(stored.record))).collect();
    events.extend(found.into_iter().chain(standing).map(|fact| Event::Fact(Box::new(fact))));
    Ok(answer(&Facts::of(&events, taxonomy), as_of))
}

/// Carriers and services on which adverts stand.
fn families(standing: &[Fact]) -> Vec<String> {
    let is_advert = |fact: &&Fact| match &fact.body {
        FactBody::Promise(promise) => promise.made_by_kind == PromiseMaker::Advert,
        _ => false,
    };
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    let family = |lane: &Lane| format!("{}\t{}", part(&lane.carrier), part(&lane.service));
    let mut families: Vec<String> =
        standing.iter().filter(is_advert).filter_map(|fact| fact.head.lane.as_ref()).map(family).collect();
    families.sort();
    families.dedup();
    families
}

fn answer(facts: &Facts, as_of: Timestamp) -> CampaignsAnswer {
    let adverts: BTreeMap<&str, _> = facts.promises().map(|p| (p.body.promise_id.as_str(), &p.body)).collect();
    let view = |(promise_id, sums): (String, tingjian_attribution::FirstToKnow)| {
        let advert = adverts.get(promise_id.as_str())?;
        Some(CampaignView {
            owner_department: advert.owner_department.clone(),
            agents_notified_at: advert.agents_notified_at.filter(|told| *told <= as_of),
            records: sums.records,
            knew_first: sums.knew_first,
            promise_id,
        })
    };
    let mut items: Vec<CampaignView> = first_to_know(facts, as_of).into_iter().filter_map(view).collect();
    items.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| a.promise_id.cmp(&b.promise_id)));
    CampaignsAnswer { items }
}
