//! The over-promise ledger: lanes whose promise is shorter than what they can do.

use std::collections::BTreeMap;

use crate::{OverPromise, OverPromises, WeekAnswers};

/// Lanes named.
const LANES: usize = 6;
/// Share of deliveries that a suggested promise keeps.
const KEPT: f64 = 0.95;

/// The worst lanes: most complaints caused; then the larger gap between promise and capability; then the name.
pub(crate) fn over_promises(answers: &WeekAnswers, had_week_before: bool) -> OverPromises {
    let before: BTreeMap<&str, u64> = answers.lanes_before.iter().map(|l| (l.lane.as_str(), l.records)).collect();
    let mut items = answers.lanes.clone();
    items.sort_by(|a, b| {
        let gap = |lane: &OverPromise| lane.capability_min - lane.promised_min;
        b.records.cmp(&a.records).then_with(|| gap(b).cmp(&gap(a))).then_with(|| a.lane.cmp(&b.lane))
    });
    let total = items.len() as u64;
    items.truncate(LANES);
    for lane in &mut items {
        lane.last_week = had_week_before.then(|| before.get(lane.lane.as_str()).copied().unwrap_or(0));
    }
    OverPromises {
        records: answers.over_promised[0],
        last_week: had_week_before.then_some(answers.over_promised[1]),
        kept: KEPT,
        total,
        items,
    }
}
