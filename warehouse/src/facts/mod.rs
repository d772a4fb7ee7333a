//! Facts read back, by what links them.

mod keys;
mod rows;
mod trips;

use clickhouse::{RowOwned, RowRead, query::Query};
use tingjian_schemas::{Fact, LinkKey};

pub use keys::FactKeys;
pub(crate) use keys::hex;
use rows::IntoFact;
pub(crate) use trips::lane;
pub use trips::{LaneTrip, TripsTold, Width};

use crate::{
    StoredRecord, Warehouse, WarehouseError,
    questions::{COLUMNS, stored::StoredRow, with_parts},
};

const ACTION: &str = "reading facts";
/// So many keys at most are looked for by the filters of granules: a trace has a handful, the projection thousands, which are looked
/// for along the whole column.
const FEW_KEYS: usize = 200;
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
const TO_RECORDS: &str = include_str!("../../questions/facts/linked_to_records.sql");
const TO_NOTHING: &str = include_str!("../../questions/facts/linked_to_nothing.sql");
const TO_CUSTOMERS: &str = include_str!("../../questions/facts/linked_to_customers.sql");
const TO_CALLS: &str = include_str!("../../questions/facts/linked_to_calls.sql");

/// Tables, and what is read of them.
const PROMISES: (&str, &str) = ("promises", include_str!("../../questions/facts/promises.sql"));
const DELIVERIES: (&str, &str) = ("deliveries", include_str!("../../questions/facts/deliveries.sql"));
const STEPS: (&str, &str) = ("case_events", include_str!("../../questions/facts/case_events.sql"));
const REQUESTS: (&str, &str) = ("department_requests", include_str!("../../questions/facts/department_requests.sql"));
const REPLIES: (&str, &str) = ("department_replies", include_str!("../../questions/facts/department_replies.sql"));
const JUDGEMENTS: (&str, &str) = ("judgements", include_str!("../../questions/facts/judgements.sql"));
const APPEALS: (&str, &str) = ("appeals", include_str!("../../questions/facts/appeals.sql"));
const CORRECTIONS: (&str, &str) = ("corrections", include_str!("../../questions/facts/corrections.sql"));
/// A table and the id in its key.
const RECORDS: (&str, &str) = ("records", "record_id");

/// `sql` with `{{found}}` filled in: rows of a table by what links them, where `keys` are looked for.
fn found(sql: &str, (table, id): (&str, &str), linked: &str) -> String {
    const BY_KEY: &str = include_str!("../../questions/facts/found_by_key.sql");
    let key = format!("occurred_at, {id}");
    let parts = [("found", BY_KEY), ("linked", linked), ("table", table), ("key", &key), HEAD, ORDERS, CASES, COLUMNS];
    with_parts(sql, &parts)
}

/// How so many keys are looked for.
fn by_many(query: Query, keys: usize) -> Query {
    if keys > FEW_KEYS { query.with_setting("use_skip_indexes", "0") } else { query }
}

impl Warehouse {
    /// Every fact linked to one of these orders, cases and records; answers by the request they answer.
    ///
    /// # Errors
    /// What the server says.
    pub async fn facts(&self, keys: &FactKeys) -> Result<Vec<Fact>, WarehouseError> {
        let (orders, cases, records) = (keys.has_orders(), keys.has_cases(), keys.has_records());
        let to_promises = match (orders, cases) {
            (true, true) => TO_BOTH,
            (true, false) => TO_ORDERS,
            _ => TO_CASES,
        };
        // Asked side by side: a trace waits for the slowest of them, not for all.
        let found = tokio::try_join!(
            self.read::<rows::PromiseRow>(orders || cases, PROMISES, to_promises, keys),
            self.read::<rows::DeliveryRow>(orders, DELIVERIES, TO_ORDERS, keys),
            self.read::<rows::StepRow>(cases, STEPS, TO_CASES, keys),
            self.read::<rows::RequestRow>(cases, REQUESTS, TO_CASES, keys),
            self.read::<rows::ReplyRow>(cases, REPLIES, TO_REQUESTS, keys),
            self.read::<rows::JudgementRow>(records, JUDGEMENTS, TO_RECORDS, keys),
            self.read::<rows::AppealRow>(records, APPEALS, TO_RECORDS, keys),
            self.read::<rows::CorrectionRow>(records, CORRECTIONS, TO_RECORDS, keys),
        )?;
        let (promises, deliveries, steps, requests, replies, judgements, appeals, corrections) = found;
        Ok([promises, deliveries, steps, requests, replies, judgements, appeals, corrections].concat())
    }

    /// Every standing promise.
    ///
    /// # Errors
    /// What the server says.
    pub async fn standing_promises(&self) -> Result<Vec<Fact>, WarehouseError> {
        self.read::<rows::PromiseRow>(true, PROMISES, TO_NOTHING, &FactKeys::default()).await
    }

    /// Complaints and call notes of some customers, without their texts.
    ///
    /// # Errors
    /// What the server says.
    pub async fn contacts_of_customers(&self, customers: &[LinkKey]) -> Result<Vec<StoredRecord>, WarehouseError> {
        if customers.is_empty() {
            return Ok(Vec::new());
        }
        const SQL: &str = include_str!("../../questions/facts/contacts_of_customers.sql");
        let sql = found(SQL, RECORDS, TO_CUSTOMERS);
        let bind = |query: Query| by_many(query, customers.len()).param("customers", hex(customers));
        let rows: Vec<StoredRow> = self.fetch_all(ACTION, &sql, bind).await?;
        rows.into_iter().map(StoredRow::into_record).collect()
    }

    /// Records of those of some calls that have several records, without their texts.
    ///
    /// # Errors
    /// What the server says.
    pub async fn records_of_calls(&self, calls: &[&str]) -> Result<Vec<StoredRecord>, WarehouseError> {
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        const SQL: &str = include_str!("../../questions/facts/records_of_calls.sql");
        let sql = found(SQL, RECORDS, TO_CALLS);
        let bind = |query: Query| by_many(query, calls.len()).param("calls", calls);
        let rows: Vec<StoredRow> = self.fetch_all(ACTION, &sql, bind).await?;
        rows.into_iter().map(StoredRow::into_record).collect()
    }

    /// Records of one case in order of time, without their texts.
    ///
    /// # Errors
    /// What the server says.
    pub async fn records_of_case(&self, case: LinkKey) -> Result<Vec<StoredRecord>, WarehouseError> {
        let sql = found(include_str!("../../questions/facts/records_of_case.sql"), RECORDS, TO_CASES);
        let rows: Vec<StoredRow> = self.fetch_all(ACTION, &sql, |query| query.param("cases", hex([&case]))).await?;
        rows.into_iter().map(StoredRow::into_record).collect()
    }

    /// The facts one question finds; none where it is not wanted.
    async fn read<R: IntoFact + RowOwned + RowRead>(
        &self,
        wanted: bool,
        (table, sql): (&str, &str),
        linked: &str,
        keys: &FactKeys,
    ) -> Result<Vec<Fact>, WarehouseError> {
        if !wanted {
            return Ok(Vec::new());
        }
        let sql = found(sql, (table, "event_id"), linked);
        let rows: Vec<R> = self.fetch_all(ACTION, &sql, |query| keys.bind(by_many(query, keys.len()))).await?;
        rows.into_iter().map(R::into_fact).collect()
    }
}
