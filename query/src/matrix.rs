//! Causes by department and week, one table.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tingjian_warehouse::{MatrixCell, Warehouse};
use utoipa::ToSchema;

use crate::{Filters, QueryError};

/// Causes with their weeks, and under each its departments with theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MatrixAnswer {
    /// Weeks in order of time.
    pub weeks: Vec<String>,
    /// Causes, the most records first.
    pub causes: Vec<MatrixRow>,
}

/// One row: a cause, or a department under it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct MatrixRow {
    /// Cause or department.
    pub key: String,
    /// Distinct records of all weeks.
    pub records: u64,
    /// Distinct records by week, as [`MatrixAnswer::weeks`].
    pub by_week: Vec<u64>,
    /// Departments of a cause, the most records first; a record may be under several.
    #[schema(no_recursion)]
    pub departments: Vec<MatrixRow>,
}

/// Counts causes by department and week. `zone` says where weeks begin.
///
/// # Errors
/// A wrong filter; the warehouse is away.
pub async fn matrix(
    warehouse: &Warehouse,
    filters: &Filters,
    lane: &str,
    zone: &str,
) -> Result<MatrixAnswer, QueryError> {
    filters.check()?;
    let mut asked = filters.for_warehouse();
    asked.lane = Some(lane.to_owned()).filter(|lane| !lane.is_empty());
    Ok(answer(&warehouse.matrix(&asked, zone).await?))
}

fn answer(cells: &[MatrixCell]) -> MatrixAnswer {
    let weeks: BTreeSet<&str> = cells.iter().map(|cell| cell.week.as_str()).collect();
    let weeks: Vec<String> = weeks.into_iter().map(str::to_owned).collect();
    let mut rows: BTreeMap<&str, BTreeMap<&str, Vec<u64>>> = BTreeMap::new();
    for cell in cells {
        let row = rows.entry(&cell.cause).or_default().entry(&cell.department).or_insert_with(|| vec![0; weeks.len()]);
        let place = weeks.binary_search(&cell.week).ok().and_then(|place| row.get_mut(place));
        place.into_iter().for_each(|count| *count += cell.records);
    }
    let causes = rows.into_iter().map(|(cause, mut departments)| {
        let whole = departments.remove("").unwrap_or_default();
        let departments = departments.into_iter().map(|(name, by_week)| row(name, by_week, Vec::new()));
        row(cause, whole, ordered(departments.collect()))
    });
    MatrixAnswer { causes: ordered(causes.collect()), weeks }
}

fn row(key: &str, by_week: Vec<u64>, departments: Vec<MatrixRow>) -> MatrixRow {
    MatrixRow { key: key.to_owned(), records: by_week.iter().sum(), by_week, departments }
}

fn ordered(mut rows: Vec<MatrixRow>) -> Vec<MatrixRow> {
    rows.sort_by(|a, b| (b.records, &a.key).cmp(&(a.records, &b.key)));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_counts_a_record_once_however_many_departments_answer_for_it() {
        let cell = |cause: &str, department: &str, week: &str, records| MatrixCell {
            cause: cause.into(),
            department: department.into(),
            week: week.into(),
            records,
        };
        let told = answer(&[
            cell("a", "", "2026-W47", 3),
            cell("a", "物流", "2026-W47", 3),
            cell("a", "市场", "2026-W47", 2),
            cell("b", "", "2026-W46", 5),
        ]);
        assert_eq!(told.weeks, ["2026-W46", "2026-W47"]);
        let shown: Vec<_> =
            told.causes.iter().map(|row| (row.key.as_str(), row.records, row.by_week.clone())).collect();
        assert_eq!(shown, [("b", 5, vec![5, 0]), ("a", 3, vec![0, 3])]);
        let departments: Vec<_> =
            told.causes[1].departments.iter().map(|row| (row.key.as_str(), row.records)).collect();
        assert_eq!(departments, [("物流", 3), ("市场", 2)]);
    }
}
