//! Departments: what they held, were asked, answer for, and were judged.

use std::collections::BTreeMap;

use serde::Serialize;
use tingjian_warehouse::{JudgementSums, Span, Warehouse};
use utoipa::ToSchema;

use crate::QueryError;

/// Every department, the one that answers for most records first; and the judges.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct DepartmentsAnswer {
    pub total: u64,
    pub items: Vec<DepartmentView>,
    /// Always `null`: departments are few.
    pub next: Option<String>,
    pub judges: Vec<JudgeView>,
}

/// One department.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct DepartmentView {
    pub department: String,
    /// Records it answers for, and what that rests on.
    pub records: u64,
    pub by_judgement: u64,
    pub by_facts: u64,
    pub by_text: u64,
    /// Records whose text would name it, but facts or a judgement name others or nobody.
    pub not_theirs: u64,
    /// Records whose text would name it, but facts are lacking.
    pub pending: u64,
    /// Minutes it held cases.
    pub held_min: i64,
    pub cases_held: u64,
    pub holding_now: u64,
    /// Median of its holds begun in the span, minutes; `null`: none.
    pub hold_median_min: Option<i64>,
    /// Nine of ten of these were at most this long, minutes.
    pub hold_p90_min: Option<i64>,
    /// Cases opened again that it held when they were called done.
    pub reopened: u64,
    pub requests: u64,
    pub requests_late: u64,
    pub late_min: i64,
    pub requests_open: u64,
    pub requests_overdue: u64,
    pub judgements: u64,
    pub appealed: u64,
    pub overturned: u64,
    /// overturned / judgements; `null`: none.
    pub overturn_rate: Option<f64>,
}

/// One judge.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct JudgeView {
    pub judge: String,
    pub judgements: u64,
    pub appealed: u64,
    pub overturned: u64,
    pub overturn_rate: Option<f64>,
}

/// All departments over a span of time.
///
/// # Errors
/// The warehouse is away.
pub async fn departments(warehouse: &Warehouse, span: Span) -> Result<DepartmentsAnswer, QueryError> {
    let (records, holds, asked, reopened, judged, judges) = tokio::try_join!(
        warehouse.department_records(span),
        warehouse.department_holds(span),
        warehouse.department_requests(span),
        warehouse.reopened_cases(span),
        warehouse.judged_departments(span),
        warehouse.judges(span),
    )?;
    let mut found: BTreeMap<String, DepartmentView> = BTreeMap::new();
    for row in records {
        let view = of(&mut found, row.department);
        (view.records, view.by_judgement, view.by_facts, view.by_text) =
            (row.records, row.judgement, row.facts, row.text);
        (view.not_theirs, view.pending) = (row.moved_away, row.pending);
    }
    for row in holds {
        let view = of(&mut found, row.department);
        (view.held_min, view.cases_held, view.holding_now) = (row.held_min, row.cases, row.open_now);
        (view.hold_median_min, view.hold_p90_min) = (Some(row.median_min), Some(row.p90_min));
    }
    for row in reopened {
        of(&mut found, row.department).reopened = row.cases;
    }
    for row in asked {
        let view = of(&mut found, row.department);
        (view.requests, view.requests_late, view.late_min) = (row.requests, row.late, row.late_min);
        (view.requests_open, view.requests_overdue) = (row.open, row.overdue);
    }
    for row in judged {
        let view = of(&mut found, row.key.clone());
        (view.judgements, view.appealed, view.overturned) = (row.given, row.appealed, row.overturned);
        view.overturn_rate = rate(&row);
    }
    let mut items: Vec<DepartmentView> = found.into_values().collect();
    items.sort_by(|a, b| (b.records, &a.department).cmp(&(a.records, &b.department)));
    let judges = judges.into_iter().map(|row| JudgeView {
        overturn_rate: rate(&row),
        judge: row.key,
        judgements: row.given,
        appealed: row.appealed,
        overturned: row.overturned,
    });
    Ok(DepartmentsAnswer { total: items.len() as u64, items, next: None, judges: judges.collect() })
}

fn of(found: &mut BTreeMap<String, DepartmentView>, department: String) -> &mut DepartmentView {
    let fresh = || DepartmentView { department: department.clone(), ..DepartmentView::default() };
    found.entry(department.clone()).or_insert_with(fresh)
}

fn rate(row: &JudgementSums) -> Option<f64> {
    (row.given > 0).then(|| row.overturned as f64 / row.given as f64)
}
