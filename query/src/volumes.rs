//! How much there was, week by week.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Serialize;
use tingjian_warehouse::{Span, Warehouse, WeekKind};
use utoipa::ToSchema;

use crate::QueryError;

/// Records by week, oldest first; weeks before the first record are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct VolumesAnswer {
    pub weeks: Vec<WeekVolumeView>,
}

/// One week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct WeekVolumeView {
    /// `2026-W47`.
    pub week: String,
    /// All records.
    pub records: u64,
    /// By kind.
    pub kinds: BTreeMap<String, u64>,
    /// Too unsure to be counted under a cause.
    pub abstained: u64,
    /// Responsibility undecided.
    pub pending: u64,
}

/// Counts the weeks named `names` (oldest first), which `span` covers.
///
/// # Errors
/// The warehouse is away.
pub async fn volumes(
    warehouse: &Warehouse,
    names: &[String],
    span: Span,
    zone: &TimeZone,
    zone_name: &str,
) -> Result<VolumesAnswer, QueryError> {
    let (rows, first) = tokio::try_join!(warehouse.volumes(span, zone_name), warehouse.first_record_at())?;
    let first = first.map(|at| at.to_zoned(zone.clone()).strftime("%G-W%V").to_string());
    Ok(answer(&rows, names, first.as_deref()))
}

fn answer(rows: &[WeekKind], names: &[String], first: Option<&str>) -> VolumesAnswer {
    // Names of ISO weeks stand in the order of time. The last one is the week asked about, which is always told.
    let told = names
        .iter()
        .enumerate()
        .filter(|(place, name)| place + 1 == names.len() || first.is_some_and(|first| name.as_str() >= first));
    let week = |name: &String| {
        let mut week = WeekVolumeView { week: name.clone(), ..WeekVolumeView::default() };
        for row in rows.iter().filter(|row| row.week == *name) {
            week.records += row.records;
            week.abstained += row.unsure;
            week.pending += row.undecided;
            *week.kinds.entry(row.kind.clone()).or_default() += row.records;
        }
        week
    };
    VolumesAnswer { weeks: told.map(|(_, name)| week(name)).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_before_the_first_record_are_left_out_and_empty_ones_after_it_are_not() {
        let names = ["2026-W52", "2026-W53", "2027-W01", "2027-W02"].map(str::to_owned);
        let row = |week: &str, kind: &str, records| WeekKind {
            week: week.into(),
            kind: kind.into(),
            records,
            unsure: 1,
            undecided: 0,
        };
        let rows = [row("2026-W53", "complaint", 3), row("2026-W53", "inquiry", 2), row("2027-W02", "complaint", 4)];
        let check = |first: Option<&str>, expected: &[(&str, u64)]| {
            let found = answer(&rows, &names, first);
            let found: Vec<(&str, u64)> = found.weeks.iter().map(|week| (week.week.as_str(), week.records)).collect();
            assert_eq!(found, expected, "{first:?}");
        };
        check(Some("2026-W53"), &[("2026-W53", 5), ("2027-W01", 0), ("2027-W02", 4)]);
        check(Some("2027-W02"), &[("2027-W02", 4)]);
        check(None, &[("2027-W02", 4)]);
    }
}
