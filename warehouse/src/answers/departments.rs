//! What departments held, were asked, and answer for.

use clickhouse::Row;
use serde::Deserialize;

use super::Span;
use crate::{
    Warehouse, WarehouseError,
    questions::{large_part::CASE_TIMES, with_parts},
};

/// Minutes a party held cases.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct DepartmentHolds {
    pub department: String,
    pub held_min: i64,
    pub cases: u64,
    /// Median of its holds.
    pub median_min: i64,
    /// Nine of ten holds were at most this long.
    pub p90_min: i64,
    pub open_now: u64,
}

/// What a department was asked.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct DepartmentRequestSums {
    pub department: String,
    pub requests: u64,
    pub late: u64,
    pub late_min: i64,
    pub open: u64,
    pub overdue: u64,
}

/// Judgements under a name, and those overturned.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct JudgementSums {
    pub key: String,
    pub given: u64,
    pub appealed: u64,
    pub overturned: u64,
}

/// Records a department answers for, and on what that rests.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
#[allow(missing_docs)]
pub struct DepartmentRecords {
    pub department: String,
    pub records: u64,
    pub judgement: u64,
    pub facts: u64,
    pub text: u64,
    /// The text would name it, facts or a judgement do not.
    pub moved_away: u64,
    /// The text would name it, facts are lacking.
    pub pending: u64,
}

const ACTION: &str = "looking at departments";

impl Warehouse {
    /// Minutes that each party held cases.
    ///
    /// # Errors
    /// What the server says.
    pub async fn department_holds(&self, span: Span) -> Result<Vec<DepartmentHolds>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/answers/department_holds.sql");
        self.fetch_of_whole(ACTION, CASE_TIMES, SQL, |query| span.bind(query)).await
    }

    /// What each department was asked.
    ///
    /// # Errors
    /// What the server says.
    pub async fn department_requests(&self, span: Span) -> Result<Vec<DepartmentRequestSums>, WarehouseError> {
        const SQL: &str = include_str!("../../questions/answers/department_requests.sql");
        self.fetch_of_whole(ACTION, CASE_TIMES, SQL, |query| span.bind(query)).await
    }

    /// Judgements about each department.
    ///
    /// # Errors
    /// What the server says.
    pub async fn judged_departments(&self, span: Span) -> Result<Vec<JudgementSums>, WarehouseError> {
        self.judgements(include_str!("../../questions/answers/by/department.sql"), span).await
    }

    /// Judgements by each judge.
    ///
    /// # Errors
    /// What the server says.
    pub async fn judges(&self, span: Span) -> Result<Vec<JudgementSums>, WarehouseError> {
        self.judgements(include_str!("../../questions/answers/by/judge.sql"), span).await
    }

    async fn judgements(&self, name: &str, span: Span) -> Result<Vec<JudgementSums>, WarehouseError> {
        let sql = with_parts(include_str!("../../questions/answers/department_judgements.sql"), &[("name", name)]);
        self.fetch_all(ACTION, &sql, |query| span.bind(query)).await
    }

    /// Records each department answers for.
    ///
    /// # Errors
    /// What the server says.
    pub async fn department_records(&self, span: Span) -> Result<Vec<DepartmentRecords>, WarehouseError> {
        let reading = self.reading(span.reach()).await?;
        let sql = reading.sql(include_str!("../../questions/answers/department_records.sql"));
        self.fetch_all(ACTION, &sql, |query| reading.bind(span.bind(query))).await
    }
}
