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
pub use trips::{LaneTrip, Width};

use crate::{
    StoredRecord, Warehouse, WarehouseError,
    questions::{COLUMNS, stored::StoredRow, with_parts},
};

const ACTION: &str = "reading facts";
/// More keys are looked for by reading the column: asking every granule's filter for every key would take longer.
const MOST_BY_INDEX: (&str, &str) = ("use_index_for_in_with_subqueries_max_values", "2000");
/// Columns that every fact has.
const HEAD: (&str, &str) = ("head", include_str!("../../questions/facts/head.sql"));
/// The order keys asked for.
pub(crate) const ORDERS: (&str, &str) = ("orders", include_str!("../../questions/facts/orders.sql"));
/// The case keys asked for.
pub(crate) const CASES: (&str, &str) = ("cases", include_str!("../../questions/facts/cases.sql"));

impl Warehouse {
    /// Every fact linked to one of these orders, cases and records; answers by the request they answer.
    ///
    /// # Errors
    /// What the server says.
    pub async fn facts(&self, keys: &FactKeys) -> Result<Vec<Fact>, WarehouseError> {
        let (orders, cases, records) = (keys.has_orders(), keys.has_cases(), keys.has_records());
        // Asked side by side: a trace waits for the slowest of them, not for all.
        let found = tokio::try_join!(
            self.read::<rows::PromiseRow>(orders || cases, include_str!("../../questions/facts/promises.sql"), keys),
            self.read::<rows::DeliveryRow>(orders, include_str!("../../questions/facts/deliveries.sql"), keys),
            self.read::<rows::StepRow>(cases, include_str!("../../questions/facts/case_events.sql"), keys),
            self.read::<rows::RequestRow>(cases, include_str!("../../questions/facts/department_requests.sql"), keys),
            self.read::<rows::ReplyRow>(cases, include_str!("../../questions/facts/department_replies.sql"), keys),
            self.read::<rows::JudgementRow>(records, include_str!("../../questions/facts/judgements.sql"), keys),
            self.read::<rows::AppealRow>(records, include_str!("../../questions/facts/appeals.sql"), keys),
            self.read::<rows::CorrectionRow>(records, include_str!("../../questions/facts/corrections.sql"), keys),
        )?;
        let (promises, deliveries, steps, requests, replies, judgements, appeals, corrections) = found;
        Ok([promises, deliveries, steps, requests, replies, judgements, appeals, corrections].concat())
    }

    /// Every standing promise.
    ///
    /// # Errors
    /// What the server says.
    pub async fn standing_promises(&self) -> Result<Vec<Fact>, WarehouseError> {
        let sql = include_str!("../../questions/facts/standing.sql");
        self.read::<rows::PromiseRow>(true, sql, &FactKeys::default()).await
    }

    /// Complaints and call notes of some customers, without their texts.
    ///
    /// # Errors
    /// What the server says.
    pub async fn contacts_of_customers(&self, customers: &[LinkKey]) -> Result<Vec<StoredRecord>, WarehouseError> {
        if customers.is_empty() {
            return Ok(Vec::new());
        }
        let sql = with_parts(include_str!("../../questions/facts/contacts_of_customers.sql"), &[COLUMNS]);
        let rows: Vec<StoredRow> =
            self.fetch_all(ACTION, &sql, |query| query.param("customers", hex(customers))).await?;
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
        let sql = with_parts(include_str!("../../questions/facts/records_of_calls.sql"), &[COLUMNS]);
        let bind = |query: Query| query.with_setting(MOST_BY_INDEX.0, MOST_BY_INDEX.1).param("calls", calls);
        let rows: Vec<StoredRow> = self.fetch_all(ACTION, &sql, bind).await?;
        rows.into_iter().map(StoredRow::into_record).collect()
    }

    /// Records of one case in order of time, without their texts.
    ///
    /// # Errors
    /// What the server says.
    pub async fn records_of_case(&self, case: LinkKey) -> Result<Vec<StoredRecord>, WarehouseError> {
        let sql = with_parts(include_str!("../../questions/facts/records_of_case.sql"), &[COLUMNS]);
        let rows: Vec<StoredRow> = self.fetch_all(ACTION, &sql, |query| query.param("case", case.to_string())).await?;
        rows.into_iter().map(StoredRow::into_record).collect()
    }

    /// The facts one question finds; none where it is not wanted.
    async fn read<R: IntoFact + RowOwned + RowRead>(
        &self,
        wanted: bool,
        sql: &str,
        keys: &FactKeys,
    ) -> Result<Vec<Fact>, WarehouseError> {
        if !wanted {
            return Ok(Vec::new());
        }
        let sql = with_parts(sql, &[HEAD, ORDERS, CASES]);
        let rows: Vec<R> = self.fetch_all(ACTION, &sql, |query| keys.bind(query)).await?;
        rows.into_iter().map(R::into_fact).collect()
    }
}
