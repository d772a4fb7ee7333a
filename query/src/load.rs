//! The facts of one record or one case, read for one question.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use tingjian_attribution::{Cohorts, Event, Facts, Trip, WINDOW_DAYS};
use tingjian_schemas::{Lane, LinkKey, Record, Taxonomy};
use tingjian_warehouse::{FactKeys, LaneTrip, StoredRecord, Warehouse, Width};

use crate::QueryError;

/// The facts of a record: of its order, case and customer, of what was said about it, and of its lane.
pub(crate) async fn of_record(
    warehouse: &Warehouse,
    taxonomy: &Taxonomy,
    record: &Record,
    as_of: Timestamp,
) -> Result<Facts, QueryError> {
    let head = &record.head;
    let mut texts: BTreeMap<String, Record> = BTreeMap::from([(head.event_id.clone(), record.clone())]);
    let found = of_calls(warehouse, &texts).await?;
    add(&mut texts, found);
    let customers: BTreeSet<LinkKey> = texts.values().filter_map(|other| other.head.customer_key).collect();
    add(&mut texts, warehouse.contacts_of_customers(&customers.into_iter().collect::<Vec<_>>()).await?);
    let found = of_calls(warehouse, &texts).await?;
    add(&mut texts, found);
    let mut keys = FactKeys { records: texts.keys().cloned().collect(), ..FactKeys::default() };
    let of_call = |other: &&Record| other.head.call_id.is_some() && other.head.call_id == head.call_id;
    // What another record of the call names, this one is about as well.
    for other in texts.values().filter(of_call).map(|other| &other.head).chain([head]) {
        keys.orders.extend(other.order_key);
        keys.cases.extend(other.case_key);
    }
    let records: Vec<Record> = texts.into_values().collect();
    let facts = arranged(warehouse, taxonomy, records, &keys).await?;
    let Some(contact) = facts.contact(&head.event_id) else { return Ok(facts) };
    let known = tingjian_attribution::attribute(&facts, contact, as_of).known;
    match known.lane.zip(known.measured_at) {
        Some((lane, at)) => {
            let cohorts = cohorts(warehouse, &lane, at).await?;
            Ok(facts.with_cohorts(cohorts))
        }
        None => Ok(facts),
    }
}

fn add(texts: &mut BTreeMap<String, Record>, found: Vec<StoredRecord>) {
    for stored in found {
        texts.entry(stored.record.head.event_id.clone()).or_insert(stored.record);
    }
}

/// The records of the calls by which these came, of calls with several.
async fn of_calls(warehouse: &Warehouse, texts: &BTreeMap<String, Record>) -> Result<Vec<StoredRecord>, QueryError> {
    let calls: BTreeSet<&str> = texts.values().filter_map(|record| record.head.call_id.as_deref()).collect();
    Ok(warehouse.records_of_calls(&calls.into_iter().collect::<Vec<_>>()).await?)
}

/// The facts of a case, and its records.
pub(crate) async fn of_case(
    warehouse: &Warehouse,
    taxonomy: &Taxonomy,
    case: LinkKey,
    records: Vec<StoredRecord>,
) -> Result<Facts, QueryError> {
    let mut keys = FactKeys::default();
    keys.cases.insert(case);
    let records = records.into_iter().map(|stored| stored.record).collect();
    arranged(warehouse, taxonomy, records, &keys).await
}

/// The deliveries that a lane's capability rests on as of a time: of the lane alone where these are enough, else of a wider one.
pub(crate) async fn cohorts(warehouse: &Warehouse, lane: &Lane, at: Timestamp) -> Result<Cohorts, QueryError> {
    let mut cohorts = Cohorts::default();
    for width in Width::ALL {
        cohorts = lane_cohorts(warehouse, lane, width, at).await?;
        if cohorts.capability(lane, at).level.is_some() {
            break;
        }
    }
    Ok(cohorts)
}

/// The deliveries of a lane as wide as it is taken, of the window that ends at a time.
pub(crate) async fn lane_cohorts(
    warehouse: &Warehouse,
    lane: &Lane,
    width: Width,
    at: Timestamp,
) -> Result<Cohorts, QueryError> {
    let trips = warehouse.lane_trips([lane], width, window_start(at), at).await?;
    let trip = |found: &LaneTrip| Trip { started_at: found.started_at, finished_at: found.finished_at };
    Ok(Cohorts::of(trips.iter().map(|found| (&found.lane, trip(found)))))
}

/// Where the window that ends at `at` begins.
pub(crate) fn window_start(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_hours(WINDOW_DAYS * 24)).unwrap_or(Timestamp::MIN)
}

async fn arranged(
    warehouse: &Warehouse,
    taxonomy: &Taxonomy,
    records: Vec<Record>,
    keys: &FactKeys,
) -> Result<Facts, QueryError> {
    let (found, standing) = tokio::try_join!(warehouse.facts(keys), warehouse.standing_promises())?;
    let mut events: Vec<Event> = records.into_iter().map(|record| Event::Record(Box::new(record))).collect();
    events.extend(found.into_iter().chain(standing).map(|fact| Event::Fact(Box::new(fact))));
    Ok(Facts::of(&events, taxonomy))
}
