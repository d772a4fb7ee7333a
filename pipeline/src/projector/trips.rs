//! What an order was to its lane: its delivery that counts, and the places where it had one before.

use std::collections::BTreeSet;

use tingjian_schemas::{Lane, LinkKey};
use tingjian_warehouse::LaneTripRow;

use super::load::Loaded;

/// The rows of one order: its trip, and void ones wherever else it may have had one.
pub(super) fn of(loaded: &Loaded, order: LinkKey, version: u64) -> Vec<LaneTripRow> {
    let (facts, nowhere) = (&loaded.facts, Lane::default());
    let sent = facts.deliveries_of_order(&order);
    let trip = sent.last().and_then(|sent| {
        let finished_at = sent.body.finished_at.map(|at| at.as_millisecond());
        let at = (sent.head.lane.as_ref()?, sent.body.started_at.as_millisecond());
        Some((at, finished_at))
    });
    let of_order =
        sent.iter().map(|sent| (sent.head.lane.as_ref().unwrap_or(&nowhere), sent.body.started_at.as_millisecond()));
    let left = loaded.left_trips.get(&order).into_iter().flatten();
    let others: BTreeSet<(&Lane, i64)> = of_order.chain(left.map(|left| (&left.lane, left.started_at))).collect();
    let mut rows: Vec<LaneTripRow> = others
        .into_iter()
        .filter(|place| trip.is_none_or(|(at, _)| at != *place))
        .map(|place| LaneTripRow { is_deleted: 1, ..row(order, place, version) })
        .collect();
    rows.extend(trip.map(|(at, finished_at)| LaneTripRow { finished_at, ..row(order, at, version) }));
    rows
}

fn row(order: LinkKey, (lane, started_at): (&Lane, i64), version: u64) -> LaneTripRow {
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    LaneTripRow {
        lane_carrier: part(&lane.carrier),
        lane_service: part(&lane.service),
        lane_origin: part(&lane.origin),
        lane_destination: part(&lane.destination),
        started_at,
        order_key: order.0,
        finished_at: None,
        version,
        is_deleted: 0,
    }
}
