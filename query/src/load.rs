//! The facts of one record or one case, read for one question.

use jiff::{SignedDuration, Timestamp};
use tingjian_attribution::{Cohorts, Event, Facts, Trip, WINDOW_DAYS};
use tingjian_schemas::{Lane, LinkKey, Record, Taxonomy};
use tingjian_warehouse::{FactKeys, LaneTrip, StoredRecord, Warehouse};

use crate::QueryError;

/// The facts of a record: of its order, case and customer, of what was said about it, and of its lane.
pub(crate) async fn of_record(
    warehouse: &Warehouse,
    taxonomy: &Taxonomy,
    record: &Record,
    as_of: Timestamp,
) -> Result<Facts, QueryError> {
    let head = &record.head;
    let customers: Vec<LinkKey> = head.customer_key.into_iter().collect();
    let followers = warehouse.contacts_of_customers(&customers).await?;
    let mut keys = FactKeys::default();
    keys.orders.extend(head.order_key);
    keys.cases.extend(head.case_key);
    keys.records.insert(head.event_id.clone());
    keys.records.extend(followers.iter().map(|stored| stored.record.head.event_id.clone()));
    let mut records: Vec<Record> = followers.into_iter().map(|stored| stored.record).collect();
    records.retain(|other| other.head.event_id != head.event_id);
    records.push(Record { reading: record.reading.clone(), ..record.clone() });
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

/// The deliveries that a lane's capability rests on as of a time.
pub(crate) async fn cohorts(warehouse: &Warehouse, lane: &Lane, at: Timestamp) -> Result<Cohorts, QueryError> {
    let since = window_start(at);
    let trips = warehouse.lane_trips([lane], since, at).await?;
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
