//! Facts read back, by what links them.

mod keys;
mod moment;
mod rows;
mod trips;

use std::collections::BTreeSet;

use clickhouse::{RowOwned, RowRead, query::Query};
use tingjian_schemas::{Fact, FactBody, LinkKey};

pub use keys::FactKeys;
pub(crate) use keys::hex;
pub use moment::Moment;
pub(crate) use moment::Remembered;
use rows::IntoFact;
pub(crate) use trips::lane;
pub use trips::{LaneTrip, TripsTold, Width};

use crate::{
    StoredRecord, Warehouse, WarehouseError,
    links::{self, Links, MOST_KEYS, Places},
    questions::{COLUMNS, stored::StoredRow, with_parts},
    rows::Table,
};

const ACTION: &str = "reading facts";
/// Many keys are looked for along the whole column: asking every granule's filter for every key would take longer. Each part that is
/// merged holds a block of every column: at ten million records these must be small.
const ALONG: [(&str, &str); 2] = [("use_skip_indexes", "0"), ("max_block_size", "8192")];
/// Columns that every fact has.
const HEAD: (&str, &str) = ("head", include_str!("../../questions/facts/head.sql"));
/// The order keys asked for.
pub(crate) const ORDERS: (&str, &str) = ("orders", include_str!("../../questions/facts/orders.sql"));
/// The case keys asked for.
pub(crate) const CASES: (&str, &str) = ("cases", include_str!("../../questions/facts/cases.sql"));
const TO_ORDERS: &str = include_str!("../../questions/facts/linked_to_orders.sql");
const TO_CASES: &str = include_str!("../../questions/facts/linked_to_cases.sql");
const TO_BOTH: &str = include_str!("../../questions/facts/linked_to_both.sql");
const TO_REQUESTS: &str = include_str!("../../questions/facts/linked_to_requests.sql");
const TO_ASKED: &str = include_str!("../../questions/facts/linked_to_asked.sql");
const TO_RECORDS: &str = include_str!("../../questions/facts/linked_to_records.sql");
const TO_NOTHING: &str = include_str!("../../questions/facts/linked_to_nothing.sql");
const TO_CUSTOMERS: &str = include_str!("../../questions/facts/linked_to_customers.sql");
const TO_CALLS: &str = include_str!("../../questions/facts/linked_to_calls.sql");
const TO_CUSTOMERS_AND_CALLS: &str = include_str!("../../questions/facts/linked_to_customers_and_calls.sql");
const TO_IDS: &str = include_str!("../../questions/facts/linked_to_ids.sql");

/// Tables, and what is read of them.
const PROMISES: (Table, &str) = (Table::Promises, include_str!("../../questions/facts/promises.sql"));
const DELIVERIES: (Table, &str) = (Table::Deliveries, include_str!("../../questions/facts/deliveries.sql"));
const STEPS: (Table, &str) = (Table::CaseEvents, include_str!("../../questions/facts/case_events.sql"));
const REQUESTS: (Table, &str) =
    (Table::DepartmentRequests, include_str!("../../questions/facts/department_requests.sql"));
const REPLIES: (Table, &str) = (Table::DepartmentReplies, include_str!("../../questions/facts/department_replies.sql"));
const JUDGEMENTS: (Table, &str) = (Table::Judgements, include_str!("../../questions/facts/judgements.sql"));
const APPEALS: (Table, &str) = (Table::Appeals, include_str!("../../questions/facts/appeals.sql"));
const CORRECTIONS: (Table, &str) = (Table::Corrections, include_str!("../../questions/facts/corrections.sql"));

/// How rows are found.
#[derive(Clone, Copy, Debug)]
enum Way<'l> {
    /// Along the whole table, for many keys.
    Along,
    /// Through the index over what is asked for.
    ByIndex,
    /// Where links lead.
    At(&'l Links),
}

fn along(query: Query) -> Query {
    ALONG.into_iter().fold(query, |query, (name, value)| query.with_setting(name, value))
}

/// `sql` with `{{found}}` filled in: rows of a table by what links them.
fn found(sql: &str, way: &str, linked: &str, table: Table) -> String {
    let key = format!("occurred_at, {}", table.id_column());
    let parts = [("found", way), ("linked", linked), ("table", table.name()), ("key", &key), HEAD, ORDERS, CASES];
    with_parts(sql, &[parts.as_slice(), &[COLUMNS]].concat())
}

const BY_KEY: &str = include_str!("../../questions/facts/found_by_key.sql");
const AT_PLACES: &str = include_str!("../../questions/facts/found_at.sql");
const BY_LINK: &str = include_str!("../../questions/facts/found_by_link.sql");

impl Warehouse {
    /// Every fact linked to one of these orders, cases and records; answers by the request they answer.
    ///
    /// # Errors
    /// What the server says.
    pub async fn facts(&self, keys: &FactKeys) -> Result<Vec<Fact>, WarehouseError> {
        if keys.facts() > MOST_KEYS {
            return self.facts_found(keys, Way::Along).await;
        }
        let links = self.links(&keys.links_of_facts()).await?;
        self.facts_found(keys, Way::At(&links)).await
    }

    /// Every fact linked to one of these orders, cases and records, and the contacts of these customers and records of these calls,
    /// without their texts, but for the records in `known`: looked for once, and read where something is.
    ///
    /// # Errors
    /// What the server says.
    pub async fn linked(
        &self,
        keys: &FactKeys,
        known: &BTreeSet<&str>,
    ) -> Result<(Vec<Fact>, Vec<StoredRecord>), WarehouseError> {
        let links = self.links(&(&keys.links_of_facts() | &keys.links_of_records())).await?;
        let hashes = known.iter().map(|id| links::of_id(id)).collect();
        let places = links.places_beyond(Table::Records, &keys.links_of_records(), &hashes);
        let customers: Vec<LinkKey> = keys.customers.iter().copied().collect();
        let calls: Vec<&str> = keys.calls.iter().map(String::as_str).collect();
        let bind = |query: Query| query.param("customers", hex(&customers)).param("calls", calls);
        let (facts, mut records) = tokio::try_join!(
            self.facts_found(keys, Way::At(&links)),
            self.records_at(&places, TO_CUSTOMERS_AND_CALLS, bind)
        )?;
        // They may lie at the time of another one.
        records.retain(|stored| !known.contains(stored.record.head.event_id.as_str()));
        Ok((facts, records))
    }

    async fn facts_found(&self, keys: &FactKeys, way: Way<'_>) -> Result<Vec<Fact>, WarehouseError> {
        let (orders, cases, records) = (keys.has_orders(), keys.has_cases(), keys.has_records());
        let to_promises = match (orders, cases) {
            (true, true) => TO_BOTH,
            (true, false) => TO_ORDERS,
            _ => TO_CASES,
        };
        // Asked side by side: a trace waits for the slowest of them, not for all.
        let found = tokio::try_join!(
            self.read::<rows::PromiseRow>(orders || cases, PROMISES, to_promises, keys, way),
            self.read::<rows::DeliveryRow>(orders, DELIVERIES, TO_ORDERS, keys, way),
            self.read::<rows::StepRow>(cases, STEPS, TO_CASES, keys, way),
            self.requests_and_replies(cases, keys, way),
            self.read::<rows::JudgementRow>(records, JUDGEMENTS, TO_RECORDS, keys, way),
            self.read::<rows::AppealRow>(records, APPEALS, TO_RECORDS, keys, way),
            self.read::<rows::CorrectionRow>(records, CORRECTIONS, TO_RECORDS, keys, way),
        )?;
        let (promises, deliveries, steps, asked, judgements, appeals, corrections) = found;
        Ok([promises, deliveries, steps, asked, judgements, appeals, corrections].concat())
    }

    /// Requests about cases, and the answers to them.
    async fn requests_and_replies(
        &self,
        wanted: bool,
        keys: &FactKeys,
        way: Way<'_>,
    ) -> Result<Vec<Fact>, WarehouseError> {
        let requests = self.read::<rows::RequestRow>(wanted, REQUESTS, TO_CASES, keys, way);
        if !matches!(way, Way::At(_)) {
            let replies = self.read::<rows::ReplyRow>(wanted, REPLIES, TO_REQUESTS, keys, way);
            let (requests, replies) = tokio::try_join!(requests, replies)?;
            return Ok([requests, replies].concat());
        }
        let requests = requests.await?;
        let ids: Vec<&str> = requests.iter().filter_map(request_id).collect();
        let replies = self.replies(&ids).await?;
        Ok([requests, replies].concat())
    }

    async fn replies(&self, requests: &[&str]) -> Result<Vec<Fact>, WarehouseError> {
        if requests.is_empty() {
            return Ok(Vec::new());
        }
        let (table, sql) = REPLIES;
        let links: Vec<u64> = requests.iter().map(|id| links::of_id(id)).collect();
        let bind =
            |query: Query| query.param("keys", links).param("kept_in", table.number()).param("requests", requests);
        let rows: Vec<rows::ReplyRow> = self.fetch_all(ACTION, &found(sql, BY_LINK, TO_ASKED, table), bind).await?;
        rows.into_iter().map(IntoFact::into_fact).collect()
    }

    /// Every standing promise.
    ///
    /// # Errors
    /// What the server says.
    pub async fn standing_promises(&self) -> Result<Vec<Fact>, WarehouseError> {
        let nothing = FactKeys::default();
        self.read::<rows::PromiseRow>(true, PROMISES, TO_NOTHING, &nothing, Way::ByIndex).await
    }

    /// Complaints and call notes of some customers, without their texts.
    ///
    /// # Errors
    /// What the server says.
    pub async fn contacts_of_customers(&self, customers: &[LinkKey]) -> Result<Vec<StoredRecord>, WarehouseError> {
        if customers.is_empty() {
            return Ok(Vec::new());
        }
        let bind = |query: Query| query.param("customers", hex(customers));
        if customers.len() > MOST_KEYS {
            return self.records_along(TO_CUSTOMERS, bind).await;
        }
        let links = self.links(&customers.iter().map(links::of_key).collect()).await?;
        self.records_at(&links.places(Table::Records), TO_CUSTOMERS, bind).await
    }

    /// Records of those of some calls that have several records, without their texts.
    ///
    /// # Errors
    /// What the server says.
    pub async fn records_of_calls(&self, calls: &[&str]) -> Result<Vec<StoredRecord>, WarehouseError> {
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        let bind = |query: Query| query.param("calls", calls);
        if calls.len() > MOST_KEYS {
            return self.records_along(TO_CALLS, bind).await;
        }
        let links = self.links(&calls.iter().map(|call| links::of_id(call)).collect()).await?;
        let several = links.keys_of_several(Table::Records);
        let places = links.places_beyond(Table::Records, &several, &BTreeSet::new());
        const TO_FEW_CALLS: &str = include_str!("../../questions/facts/linked_to_few_calls.sql");
        self.records_at(&places, TO_FEW_CALLS, bind).await
    }

    /// Records of one case in order of time, without their texts.
    ///
    /// # Errors
    /// What the server says.
    pub async fn records_of_case(&self, case: LinkKey) -> Result<Vec<StoredRecord>, WarehouseError> {
        let links = self.links(&[links::of_key(&case)].into()).await?;
        let bind = |query: Query| query.param("cases", hex([&case]));
        let mut records = self.records_at(&links.places(Table::Records), TO_CASES, bind).await?;
        let place = |stored: &StoredRecord| (stored.record.head.occurred_at, stored.record.head.event_id.clone());
        records.sort_by_key(place);
        Ok(records)
    }

    /// Records of some ids, in no order.
    pub(crate) async fn records_by_id(&self, ids: &[&str]) -> Result<Vec<StoredRecord>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/records_by_id.sql");
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let links: Vec<u64> = ids.iter().map(|id| links::of_id(id)).collect();
        let bind =
            |query: Query| query.param("keys", links).param("kept_in", Table::Records.number()).param("ids", ids);
        self.fetch_records(&found(SQL, BY_LINK, TO_IDS, Table::Records), bind).await
    }

    async fn records_at(
        &self,
        places: &Places,
        linked: &str,
        bind: impl FnOnce(Query) -> Query + Clone,
    ) -> Result<Vec<StoredRecord>, WarehouseError> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let sql = found(RECORDS, AT_PLACES, linked, Table::Records);
        self.fetch_records(&sql, |query| places.bind(bind(query))).await
    }

    async fn records_along(
        &self,
        linked: &str,
        bind: impl FnOnce(Query) -> Query + Clone,
    ) -> Result<Vec<StoredRecord>, WarehouseError> {
        let sql = found(RECORDS, BY_KEY, linked, Table::Records);
        self.fetch_records(&sql, |query| along(bind(query))).await
    }

    async fn fetch_records(
        &self,
        sql: &str,
        bind: impl FnOnce(Query) -> Query + Clone,
    ) -> Result<Vec<StoredRecord>, WarehouseError> {
        let rows: Vec<StoredRow> = self.fetch_all("reading records", sql, bind).await?;
        rows.into_iter().map(StoredRow::into_record).collect()
    }

    /// The facts one question finds; none where it is not wanted, or no link leads to.
    async fn read<R: IntoFact + RowOwned + RowRead>(
        &self,
        wanted: bool,
        (table, sql): (Table, &str),
        linked: &str,
        keys: &FactKeys,
        way: Way<'_>,
    ) -> Result<Vec<Fact>, WarehouseError> {
        let (found_by, places) = match way {
            Way::Along | Way::ByIndex => (BY_KEY, Places::default()),
            Way::At(links) => (AT_PLACES, links.places(table)),
        };
        if !wanted || (matches!(way, Way::At(_)) && places.is_empty()) {
            return Ok(Vec::new());
        }
        let sql = found(sql, found_by, linked, table);
        let bind = |query: Query| {
            let query = places.bind(keys.bind(query));
            if matches!(way, Way::Along) { along(query) } else { query }
        };
        let rows: Vec<R> = self.fetch_all(ACTION, &sql, bind).await?;
        rows.into_iter().map(R::into_fact).collect()
    }
}

/// Records without their texts.
const RECORDS: &str = include_str!("../../questions/facts/records_linked.sql");

fn request_id(fact: &Fact) -> Option<&str> {
    match &fact.body {
        FactBody::DepartmentRequest(request) => Some(&request.request_id),
        _ => None,
    }
}
