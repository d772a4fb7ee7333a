//! The facts of one record or one case, read for one question.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use tingjian_attribution::{Cohorts, Event, Facts, Trip, WINDOW_DAYS};
use tingjian_schemas::{Fact, Head, Lane, LinkKey, Record, Taxonomy};
use tingjian_warehouse::{FactKeys, LaneTrip, Moment, StoredRecord, TripsTold, Warehouse, Width};

use crate::QueryError;

/// The facts of a record: of its order, case and customer, of what was said about it, and of its lane.
///
/// Read in few rounds: what the record itself names, its call and its customer; then, where these led to other records, what those
/// name. What its lane did is asked for last, when it is known which lane counts.
pub(crate) async fn of_record(
    warehouse: &Warehouse,
    taxonomy: &Taxonomy,
    record: &Record,
    as_of: Timestamp,
    moment: Moment,
) -> Result<Facts, QueryError> {
    let head = &record.head;
    let mut texts: BTreeMap<String, Record> = BTreeMap::from([(head.event_id.clone(), record.clone())]);
    let (mut events, mut asked) = (moment.standing, FactKeys::default());
    loop {
        let wanted = keys_of(&texts, head).without(&asked);
        if wanted.is_empty() {
            break;
        }
        let known = texts.keys().map(String::as_str).collect();
        let (facts, records) = warehouse.linked(&wanted, &known).await?;
        asked.extend(wanted);
        events.extend(facts);
        add(&mut texts, records);
    }
    let arranged = arranged(&texts, &events, taxonomy);
    let Some((lane, at)) = measured(&arranged, &head.event_id, as_of) else { return Ok(arranged) };
    Ok(arranged.with_cohorts(cohorts(warehouse, &lane, at, &moment.told).await?))
}

/// The lane that a record is measured on, and the time from which it is seen.
fn measured(facts: &Facts, record_id: &str, as_of: Timestamp) -> Option<(Lane, Timestamp)> {
    let known = tingjian_attribution::attribute(facts, facts.contact(record_id)?, as_of).known;
    known.lane.zip(known.measured_at)
}

/// What was said about these records; the facts of the orders and cases that the one asked about names itself or by its call, and the
/// contacts of the customers likewise; the other records of the calls of all of them.
fn keys_of(texts: &BTreeMap<String, Record>, head: &Head) -> FactKeys {
    let calls = texts.values().filter_map(|other| other.head.call_id.clone()).collect();
    let mut keys = FactKeys { records: texts.keys().cloned().collect(), calls, ..FactKeys::default() };
    let of_call = |other: &&Record| other.head.call_id.is_some() && other.head.call_id == head.call_id;
    // What another record of the call names, this one is about as well.
    for other in texts.values().filter(of_call).map(|other| &other.head).chain([head]) {
        keys.orders.extend(other.order_key);
        keys.cases.extend(other.case_key);
        keys.customers.extend(other.customer_key);
    }
    keys
}

fn add(texts: &mut BTreeMap<String, Record>, found: Vec<StoredRecord>) {
    for stored in found {
        texts.entry(stored.record.head.event_id.clone()).or_insert(stored.record);
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
    let (mut found, moment) = tokio::try_join!(warehouse.facts(&keys), warehouse.moment())?;
    found.extend(moment.standing);
    let records = records.into_iter().map(|stored| (stored.record.head.event_id.clone(), stored.record)).collect();
    Ok(arranged(&records, &found, taxonomy))
}

/// The deliveries that a lane's capability rests on as of a time: of the lane alone where these are enough, else of a wider one.
async fn cohorts(warehouse: &Warehouse, lane: &Lane, at: Timestamp, told: &TripsTold) -> Result<Cohorts, QueryError> {
    let mut cohorts = Cohorts::default();
    for width in Width::ALL {
        cohorts = lane_cohorts(warehouse, lane, width, at, told).await?;
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
    told: &TripsTold,
) -> Result<Cohorts, QueryError> {
    let trips = warehouse.lane_trips([lane], width, (window_start(at), at), told).await?;
    let trip = |found: &LaneTrip| Trip { started_at: found.started_at, finished_at: found.finished_at };
    Ok(Cohorts::of(trips.iter().map(|found| (&found.lane, trip(found)))))
}

/// Where the window that ends at `at` begins.
pub(crate) fn window_start(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_hours(WINDOW_DAYS * 24)).unwrap_or(Timestamp::MIN)
}

/// Everything arranged; a promise of an order and of a case may have been found by both.
fn arranged(texts: &BTreeMap<String, Record>, facts: &[Fact], taxonomy: &Taxonomy) -> Facts {
    let records = texts.values().map(|record| Event::Record(Box::new(record.clone())));
    let once: BTreeMap<(&str, &str), &Fact> =
        facts.iter().map(|fact| ((fact.head.stream.name(), fact.head.event_id.as_str()), fact)).collect();
    let events: Vec<Event> =
        records.chain(once.into_values().map(|fact| Event::Fact(Box::new(fact.clone())))).collect();
    Facts::of(&events, taxonomy)
}
