//! The facts of one record or one case, read for one question.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use tingjian_attribution::{Cohorts, Event, Facts, Trip, WINDOW_DAYS};
use tingjian_schemas::{Fact, Head, Lane, LinkKey, Record, Taxonomy};
use tingjian_warehouse::{FactKeys, LaneTrip, StoredRecord, TripsTold, Warehouse, Width};

use crate::QueryError;

/// The facts of a record: of its order, case and customer, of what was said about it, and of its lane.
///
/// Read in few rounds, each of which asks side by side: what the record itself names, then what those name that came by its call or
/// of its customer. What its lane did is asked for beside the second round, since that hardly ever changes lane or time.
pub(crate) async fn of_record(
    warehouse: &Warehouse,
    taxonomy: &Taxonomy,
    record: &Record,
    (as_of, standing): (Timestamp, Vec<Fact>),
    told: &TripsTold,
) -> Result<Facts, QueryError> {
    let head = &record.head;
    let mut texts: BTreeMap<String, Record> = BTreeMap::from([(head.event_id.clone(), record.clone())]);
    let mut asked = keys_of(&texts, head);
    let (mates, contacts, found) = tokio::try_join!(
        of_calls(warehouse, head.call_id.iter().map(String::as_str)),
        of_customers(warehouse, head.customer_key),
        facts(warehouse, &asked),
    )?;
    let mut events: Vec<Fact> = standing.into_iter().chain(found).collect();
    add(&mut texts, mates);
    // Only a call that names another customer asks a third time.
    let others = texts.values().filter_map(|other| other.head.customer_key);
    let others: BTreeSet<LinkKey> = others.filter(|key| Some(*key) != head.customer_key).collect();
    add(&mut texts, contacts);
    add(&mut texts, of_customers(warehouse, others).await?);
    let calls = texts.values().filter_map(|other| other.head.call_id.as_deref());
    let calls: Vec<&str> = calls.filter(|call| Some(*call) != head.call_id.as_deref()).collect();
    let wanted = keys_of(&texts, head).without(&asked);
    let guess = arranged(&texts, &events, taxonomy);
    let measured = measured(&guess, &head.event_id, as_of);
    let (mates, found, mut cohorts) = tokio::try_join!(
        of_calls(warehouse, calls),
        facts(warehouse, &wanted),
        measured_cohorts(warehouse, measured.as_ref(), told),
    )?;
    asked.extend(wanted);
    events.extend(found);
    add(&mut texts, mates);
    // Records of the calls of the customer's other contacts: what was said about them.
    events.extend(facts(warehouse, &keys_of(&texts, head).without(&asked)).await?);
    let arranged = arranged(&texts, &events, taxonomy);
    let settled = self::measured(&arranged, &head.event_id, as_of);
    if settled != measured {
        cohorts = measured_cohorts(warehouse, settled.as_ref(), told).await?;
    }
    Ok(match settled {
        Some(_) => arranged.with_cohorts(cohorts),
        None => arranged,
    })
}

/// The lane that a record is measured on, and the time from which it is seen.
fn measured(facts: &Facts, record_id: &str, as_of: Timestamp) -> Option<(Lane, Timestamp)> {
    let known = tingjian_attribution::attribute(facts, facts.contact(record_id)?, as_of).known;
    known.lane.zip(known.measured_at)
}

async fn measured_cohorts(
    warehouse: &Warehouse,
    measured: Option<&(Lane, Timestamp)>,
    told: &TripsTold,
) -> Result<Cohorts, QueryError> {
    match measured {
        Some((lane, at)) => cohorts(warehouse, lane, *at, told).await,
        None => Ok(Cohorts::default()),
    }
}

/// What was said about these records, and the facts of the orders and cases that the one asked about names itself or by its call.
fn keys_of(texts: &BTreeMap<String, Record>, head: &Head) -> FactKeys {
    let mut keys = FactKeys { records: texts.keys().cloned().collect(), ..FactKeys::default() };
    let of_call = |other: &&Record| other.head.call_id.is_some() && other.head.call_id == head.call_id;
    // What another record of the call names, this one is about as well.
    for other in texts.values().filter(of_call).map(|other| &other.head).chain([head]) {
        keys.orders.extend(other.order_key);
        keys.cases.extend(other.case_key);
    }
    keys
}

fn add(texts: &mut BTreeMap<String, Record>, found: Vec<StoredRecord>) {
    for stored in found {
        texts.entry(stored.record.head.event_id.clone()).or_insert(stored.record);
    }
}

/// The records of these calls, of calls with several.
async fn of_calls<'a>(
    warehouse: &Warehouse,
    calls: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<StoredRecord>, QueryError> {
    let calls: BTreeSet<&str> = calls.into_iter().collect();
    Ok(warehouse.records_of_calls(&calls.into_iter().collect::<Vec<_>>()).await?)
}

async fn of_customers(
    warehouse: &Warehouse,
    customers: impl IntoIterator<Item = LinkKey>,
) -> Result<Vec<StoredRecord>, QueryError> {
    Ok(warehouse.contacts_of_customers(&customers.into_iter().collect::<Vec<_>>()).await?)
}

async fn facts(warehouse: &Warehouse, keys: &FactKeys) -> Result<Vec<Fact>, QueryError> {
    Ok(warehouse.facts(keys).await?)
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
    let (mut found, standing) = tokio::try_join!(warehouse.facts(&keys), warehouse.standing_promises())?;
    found.extend(standing);
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
