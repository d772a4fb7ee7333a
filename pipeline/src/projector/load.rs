//! What is touched, with every fact it rests on.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use tingjian_attribution::{Cohorts, Event, Facts, attribute};
use tingjian_schemas::{LinkKey, Record, Taxonomy};
use tingjian_warehouse::{FactKeys, LeftKey, LeftTrip, StoredRecord, Touched, Warehouse, WarehouseError};

use super::{ProjectorError, ground::Ground};

/// What is to be worked out, and the facts for it.
pub(super) struct Loaded {
    /// Ids of the records touched.
    pub records: BTreeSet<String>,
    /// Orders touched.
    pub orders: BTreeSet<LinkKey>,
    /// Cases touched.
    pub cases: BTreeSet<LinkKey>,
    /// Customers whose contacts are all there.
    pub customers: BTreeSet<LinkKey>,
    /// Keys that records had before they were told anew.
    pub left: Vec<LeftKey>,
    /// Where orders had deliveries before these were told anew.
    pub left_trips: HashMap<LinkKey, Vec<LeftTrip>>,
    /// Everything these rest on.
    pub facts: Facts,
}

/// Loads the facts of what is touched.
pub(super) async fn load(
    warehouse: &Warehouse,
    taxonomy: &Taxonomy,
    mut touched: Touched,
    ground: &mut Ground,
    as_of: Timestamp,
) -> Result<Loaded, ProjectorError> {
    let records: BTreeSet<String> = touched.records.iter().map(|stored| stored.record.head.event_id.clone()).collect();
    let customers = std::mem::take(&mut touched.customers);
    let followers = warehouse.contacts_of_customers(&customers.iter().copied().collect::<Vec<_>>()).await?;
    let of_calls = of_calls(warehouse, touched.records.iter().chain(&followers)).await?;
    let mut keys = FactKeys {
        orders: touched.orders.clone(),
        cases: touched.cases.clone(),
        records: records.clone(),
        ..FactKeys::default()
    };
    // What another record of the call names, a record is about as well.
    for head in touched.records.iter().chain(&of_calls).map(|stored| &stored.record.head) {
        keys.orders.extend(head.order_key);
        keys.cases.extend(head.case_key);
    }
    let mut found = warehouse.facts(&keys).await?;
    let mut texts: HashMap<String, Record> = HashMap::new();
    for stored in followers.into_iter().chain(of_calls).chain(std::mem::take(&mut touched.records)) {
        texts.insert(stored.record.head.event_id.clone(), stored.record);
    }
    let others = texts.keys().filter(|id| !records.contains(*id)).cloned().collect();
    found.extend(warehouse.facts(&FactKeys { records: others, ..FactKeys::default() }).await?);
    found.extend(ground.standing(warehouse).await?.iter().cloned());
    let mut events: Vec<Event> = texts.into_values().map(|record| Event::Record(Box::new(record))).collect();
    events.extend(found.into_iter().map(|fact| Event::Fact(Box::new(fact))));
    let facts = Facts::of(&events, taxonomy);
    let facts = with_cohorts(warehouse, facts, &records, ground, as_of).await?;
    let Touched { orders, cases, left, .. } = touched;
    let mut left_trips: HashMap<LinkKey, Vec<LeftTrip>> = HashMap::new();
    for trip in touched.left_trips {
        left_trips.entry(trip.order).or_default().push(trip);
    }
    Ok(Loaded { records, orders, cases, customers, left, left_trips, facts })
}

/// The other records of the calls by which some came.
async fn of_calls(
    warehouse: &Warehouse,
    records: impl Iterator<Item = &StoredRecord>,
) -> Result<Vec<StoredRecord>, WarehouseError> {
    let calls: BTreeSet<&str> = records.filter_map(|stored| stored.record.head.call_id.as_deref()).collect();
    warehouse.records_of_calls(&calls.into_iter().collect::<Vec<_>>()).await
}

/// The same with what the lanes could do that its records are measured on.
async fn with_cohorts(
    warehouse: &Warehouse,
    facts: Facts,
    records: &BTreeSet<String>,
    ground: &mut Ground,
    as_of: Timestamp,
) -> Result<Facts, ProjectorError> {
    // The lane and the time it is seen from do not rest on what the lane did.
    let facts = facts.with_cohorts(Cohorts::default());
    let contacts = records.iter().filter_map(|id| facts.contact(id));
    let known = contacts.map(|contact| attribute(&facts, contact, as_of).known);
    let measured = known.filter_map(|known| Some((known.lane?, known.measured_at?))).collect();
    let cohorts = ground.cohorts(warehouse, measured).await?;
    Ok(facts.with_cohorts(cohorts))
}
