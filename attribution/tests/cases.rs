//! Worked cases: each cell of the definitions once, by hand. Minutes from the world's beginning; the order is placed and its
//! delivery begins on the tenth day unless a row says otherwise.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::told::*;
use jiff::Timestamp;
use tingjian_attribution::Facts;

/// When the delivery begins.
const S: i64 = 10 * DAY;
const ETA: &str = "promise.eta_overpromise";
const TRANSIT: &str = "fulfil.transit_delay";

type Row = (&'static str, Vec<Sent>, i64, &'static str);

fn check(tell: fn(&Facts, Timestamp) -> String, rows: Vec<Row>) {
    let wrong: Vec<String> = rows
        .into_iter()
        .filter_map(|(name, events, as_of, expected)| {
            let found = tell(&facts(&events), at(as_of));
            (found != expected).then(|| format!("{name}\n   found {found}\nexpected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn all(parts: &[&[Sent]]) -> Vec<Sent> {
    parts.concat()
}

fn eta() -> Sent {
    complaint("R", S + 5 * DAY, &[ETA, TRANSIT])
}

fn page(minutes: i64) -> Sent {
    promise("P", "page", "市场", S - 10, minutes)
}

/// The lane does three days: twenty deliveries, finished before the tenth day.
fn three_days() -> Vec<Sent> {
    history(20, 2 * DAY, 3 * DAY)
}

#[test]
fn delays() {
    let now = S + 20 * DAY;
    let done = |minutes: i64| delivery(S, Some(S + minutes));
    check(
        told,
        vec![
            (
                "a birthday gift promised for one day on a lane that needs three",
                all(&[&three_days(), &[page(DAY), done(3 * DAY), eta()]]),
                now,
                "late 2880=2880+0; 市场/eta_overpromise 2880 (overpromise); facts, responsible",
            ),
            (
                "promised one day, needs three, took four: both, the larger share first",
                all(&[&three_days(), &[page(DAY), done(4 * DAY), eta()]]),
                now,
                "late 4320=2880+1440; 市场/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "promised one day, needs three, took six: the carrier's share is larger",
                all(&[&three_days(), &[page(DAY), done(6 * DAY), eta()]]),
                now,
                "late 7200=2880+4320; 物流/transit_delay 4320 (overrun); 市场/eta_overpromise 2880 (overpromise); facts, responsible",
            ),
            (
                "promised one day, needs three, took two: all of it was promised away, though under way it was quick",
                all(&[&three_days(), &[page(DAY), done(2 * DAY), eta()]]),
                now,
                "late 1440=2880+-1440; 市场/eta_overpromise 1440 (overpromise); facts, responsible",
            ),
            (
                "late although the promise was generous: all of it is the carrier's",
                all(&[&three_days(), &[page(5 * DAY), done(6 * DAY), eta()]]),
                now,
                "late 1440=-2880+4320; 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "kept but complained",
                all(&[&three_days(), &[page(5 * DAY), done(4 * DAY), eta()]]),
                now,
                "late -1440=-2880+1440; facts, not_responsible",
            ),
            (
                "kept to the minute",
                all(&[&three_days(), &[page(4 * DAY), done(4 * DAY), eta()]]),
                now,
                "late 0=-1440+1440; facts, not_responsible",
            ),
            (
                "late by a minute",
                all(&[&three_days(), &[page(4 * DAY), done(4 * DAY + 1), eta()]]),
                now,
                "late 1=-1440+1441; 物流/transit_delay 1 (overrun); facts, responsible",
            ),
            (
                "promise as long as what the lane can do: nothing was promised away",
                all(&[&three_days(), &[page(3 * DAY), done(4 * DAY), eta()]]),
                now,
                "late 1440=0+1440; 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "still open, and late already: a lower bound",
                all(&[&three_days(), &[page(DAY), delivery(S, None), eta()]]),
                S + 4 * DAY,
                "late 4320=2880+1440 open; 市场/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "still open, not late yet",
                all(&[&three_days(), &[page(DAY), delivery(S, None), eta()]]),
                S + DAY / 2,
                "late -720=2880+-3600 open; facts, not_responsible",
            ),
            (
                "due exactly now, still open",
                all(&[&three_days(), &[page(DAY), delivery(S, None), eta()]]),
                S + DAY,
                "late 0=2880+-2880 open; facts, not_responsible",
            ),
            (
                "finished after the moment asked about: open as of then",
                all(&[&three_days(), &[page(DAY), done(6 * DAY), eta()]]),
                S + 2 * DAY,
                "late 1440=2880+-1440 open; 市场/eta_overpromise 1440 (overpromise); facts, responsible",
            ),
            (
                "reported open and then finished: finished counts, whatever is sent first",
                all(&[&three_days(), &[page(DAY), done(4 * DAY), delivery(S, None).with("event_id", "D0"), eta()]]),
                now,
                "late 4320=2880+1440; 市场/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "two promises: the first made counts",
                all(&[
                    &three_days(),
                    &[page(DAY), promise("P2", "page", "产品", S - 5, 5 * DAY), done(4 * DAY), eta()],
                ]),
                now,
                "late 4320=2880+1440; 市场/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "two promises of one minute: the smaller id counts",
                all(&[
                    &three_days(),
                    &[promise("P2", "page", "产品", S - 10, 5 * DAY), page(DAY), done(3 * DAY), eta()],
                ]),
                now,
                "late 2880=2880+0; 市场/eta_overpromise 2880 (overpromise); facts, responsible",
            ),
            (
                "promised after the delivery: does not count, and there is no other",
                all(&[&three_days(), &[promise("P", "page", "市场", S + 5 * DAY, DAY), done(4 * DAY), eta()]]),
                now,
                "pending, pending",
            ),
            (
                "promised the moment it finished: counts",
                all(&[&three_days(), &[promise("P", "page", "市场", S + 4 * DAY, DAY), done(4 * DAY), eta()]]),
                now,
                "late 4320=2880+1440; 市场/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "promised while waiting, the only promise: capability is that of the promise's time",
                all(&[
                    &three_days(),
                    &history(5, S - DAY, DAY),
                    &[promise("P", "page", "市场", S + DAY, DAY), done(4 * DAY), eta()],
                ]),
                now,
                "late 4320=2880+1440; 市场/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "a standing promise where the order has none",
                all(&[&three_days(), &[standing("S1", "page", "市场", 0, DAY), done(4 * DAY), eta()]]),
                now,
                "late 4320=2880+1440; 市场/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "two standing promises in force: the latest-made counts",
                all(&[
                    &three_days(),
                    &[
                        standing("S1", "page", "市场", 0, DAY),
                        standing("S2", "advert", "产品", DAY, 2 * DAY),
                        done(4 * DAY),
                        eta(),
                    ],
                ]),
                now,
                "late 2880=1440+1440; 产品/eta_overpromise 1440 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "a standing promise that ended the minute the delivery began: not in force",
                all(&[
                    &three_days(),
                    &[
                        standing("S1", "page", "市场", 0, DAY),
                        standing("S2", "advert", "产品", DAY, 2 * DAY).with("valid_until", at(S).to_string()),
                        done(4 * DAY),
                        eta(),
                    ],
                ]),
                now,
                "late 4320=2880+1440; 市场/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "a standing promise for the carrier stands on its lanes",
                all(&[
                    &three_days(),
                    &[
                        standing("S1", "page", "市场", 0, DAY).with("lane", serde_json::json!({"carrier": "云雀"})),
                        done(3 * DAY),
                        eta(),
                    ],
                ]),
                now,
                "late 2880=2880+0; 市场/eta_overpromise 2880 (overpromise); facts, responsible",
            ),
            ("no promise at all", all(&[&three_days(), &[done(4 * DAY), eta()]]), now, "pending, pending"),
            (
                "promise by due time instead of minutes",
                all(&[
                    &three_days(),
                    &[page(DAY).without("promised_min").with("due_at", at(S + DAY).to_string()), done(4 * DAY), eta()],
                ]),
                now,
                "late 4320=2880+1440; 市场/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "zero minutes promised, zero taken",
                all(&[&three_days(), &[page(0), done(0), eta()]]),
                now,
                "late 0=4320+-4320; facts, not_responsible",
            ),
            (
                "zero minutes promised",
                all(&[&three_days(), &[page(0), done(5), eta()]]),
                now,
                "late 5=4320+-4315; 市场/eta_overpromise 5 (overpromise); facts, responsible",
            ),
            (
                "a callback is no promise of a delivery",
                all(&[&three_days(), &[callback("B", S - 20, S), page(DAY), done(3 * DAY), eta()]]),
                now,
                "late 2880=2880+0; 市场/eta_overpromise 2880 (overpromise); facts, responsible",
            ),
            (
                "the stage the text names is the carrier's cause",
                all(&[
                    &three_days(),
                    &[page(5 * DAY), done(6 * DAY), complaint("R", S + 7 * DAY, &["fulfil.lost", ETA])],
                ]),
                now,
                "late 1440=-2880+4320; 物流/lost 1440 (overrun); facts, responsible",
            ),
            (
                "no stage named: late in transit",
                all(&[&three_days(), &[page(5 * DAY), done(6 * DAY), complaint("R", S + 7 * DAY, &[ETA])]]),
                now,
                "late 1440=-2880+4320; 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "a text about something else is not decided by the delivery",
                all(&[
                    &three_days(),
                    &[page(DAY), done(4 * DAY), complaint("R", S + 7 * DAY, &["people.attitude", TRANSIT])],
                ]),
                now,
                "late 4320=2880+1440; 客服班组/attitude (text_owner); 物流/transit_delay (text_owner); text, pending",
            ),
            (
                "seconds are no minutes",
                all(&[
                    &three_days(),
                    &[
                        page(DAY),
                        done(DAY).with("finished_at", (at(S + DAY) + jiff::SignedDuration::from_secs(59)).to_string()),
                        eta(),
                    ],
                ]),
                now,
                "late 0=2880+-2880; facts, not_responsible",
            ),
            (
                "over midnight, the month's end and two zones: minutes are minutes",
                all(&[
                    &history(20, 20 * DAY, 2 * DAY),
                    &[
                        promise("P", "page", "市场", 30 * DAY, 60),
                        delivery(0, None)
                            .with("started_at", "2026-10-31T23:30:00-07:00")
                            .with("finished_at", "2026-11-01T09:30:00+01:00"),
                        eta(),
                    ],
                ]),
                60 * DAY,
                "late 60=2820+-2760; 市场/eta_overpromise 60 (overpromise); facts, responsible",
            ),
            (
                "over the hour a clock is set back: two hours have passed, whatever the wall says",
                all(&[
                    &history(20, 20 * DAY, 30),
                    &[
                        promise("P", "page", "市场", 24 * DAY, 60),
                        delivery(0, None)
                            .with("started_at", "2026-10-25T01:30:00+02:00")
                            .with("finished_at", "2026-10-25T02:30:00+01:00"),
                        eta(),
                    ],
                ]),
                60 * DAY,
                "late 60=-30+90; 物流/transit_delay 60 (overrun); facts, responsible",
            ),
        ],
    );
}

#[test]
fn capabilities() {
    let now = S + 20 * DAY;
    let late = || vec![page(DAY), delivery(S, Some(S + 4 * DAY)), eta()];
    let elsewhere = |events: Vec<Sent>, lane: serde_json::Value| -> Vec<Sent> {
        events.into_iter().map(|event| event.with("lane", lane.clone())).collect()
    };
    let to_elsewhere = serde_json::json!({"origin": "沪", "destination": "渝", "carrier": "云雀", "service": "次日达"});
    let from_elsewhere =
        serde_json::json!({"origin": "穗", "destination": "渝", "carrier": "云雀", "service": "次日达"});
    let other_carrier =
        serde_json::json!({"origin": "沪", "destination": "蓉", "carrier": "青舟", "service": "次日达"});
    check(
        told,
        vec![
            ("no history: pending", late(), now, "late 4320=?+?; pending, pending"),
            (
                "nineteen deliveries: pending",
                all(&[&history(19, 2 * DAY, 3 * DAY), &late()]),
                now,
                "late 4320=?+?; pending, pending",
            ),
            (
                "nineteen and an open one: pending still",
                all(&[&history(19, 2 * DAY, 3 * DAY), &open_history(1, 3 * DAY), &late()]),
                now,
                "late 4320=?+?; pending, pending",
            ),
            (
                "all censored: pending",
                all(&[&open_history(40, 2 * DAY), &late()]),
                now,
                "late 4320=?+?; pending, pending",
            ),
            (
                "twenty finished and ten still open: the curve never gets to nine in ten",
                all(&[&history(20, 2 * DAY, DAY), &open_history(10, 3 * DAY), &late()]),
                now,
                "late 4320=?+?; pending, pending",
            ),
            (
                "twenty finished and two open: exactly nine in ten is enough",
                all(&[&history(18, 2 * DAY, DAY), &history(2, 2 * DAY, 2 * DAY), &open_history(2, 3 * DAY), &late()]),
                now,
                "late 4320=1440+2880; 物流/transit_delay 2880 (overrun); 市场/eta_overpromise 1440 (overpromise); facts, responsible",
            ),
            (
                "what finished after the promise was made was open then",
                all(&[&history(20, 2 * DAY, DAY), &history(10, 3 * DAY, 9 * DAY), &late()]),
                now,
                "late 4320=?+?; pending, pending",
            ),
            (
                "what began before the 28 days is not looked at",
                all(&[
                    &elsewhere(Vec::new(), lane()),
                    &[standing("S1", "page", "市场", 0, DAY), delivery(30 * DAY, Some(34 * DAY)), eta()],
                    &history(20, 2 * DAY - 1, 3 * DAY),
                ]),
                60 * DAY,
                "late 4320=?+?; pending, pending",
            ),
            (
                "what began exactly 28 days before is",
                all(&[
                    &[standing("S1", "page", "市场", 0, DAY), delivery(30 * DAY, Some(34 * DAY)), eta()],
                    &history(20, 2 * DAY, 3 * DAY),
                ]),
                60 * DAY,
                "late 4320=2880+1440; 市场/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "too few on the lane: all from its origin",
                all(&[
                    &history(19, 2 * DAY, 3 * DAY),
                    &elsewhere(history(1, DAY, 3 * DAY), to_elsewhere.clone()),
                    &late(),
                ]),
                now,
                "late 4320=2880+1440; origin_carrier_service; 市场/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "too few from the origin: all of the carrier's service",
                all(&[&elsewhere(history(20, 2 * DAY, 3 * DAY), from_elsewhere), &late()]),
                now,
                "late 4320=2880+1440; carrier_service; 市场/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "another carrier says nothing",
                all(&[&elsewhere(history(40, 2 * DAY, 3 * DAY), other_carrier), &late()]),
                now,
                "late 4320=?+?; pending, pending",
            ),
            (
                "capability is known and the promise kept: no pending",
                all(&[&history(3, 2 * DAY, 3 * DAY), &[page(9 * DAY), delivery(S, Some(S + DAY)), eta()]]),
                now,
                "late -11520=?+?; facts, not_responsible",
            ),
        ],
    );
}

#[test]
fn times_of_the_text() {
    let now = S + 20 * DAY;
    let lone = |said: Sent| said.without("order_id");
    check(
        told,
        vec![
            ("neither order nor times: pending", vec![lone(eta())], now, "pending, pending"),
            ("only a promise said", vec![lone(eta()).said(Some(60), None)], now, "pending, pending"),
            (
                "times said, no lane: how much was promised away is unknown",
                vec![lone(eta()).said(Some(DAY as u32), Some(4 * DAY as u32))],
                now,
                "late 4320=?+?; pending, pending",
            ),
            (
                "times said and the lane named",
                all(&[&three_days(), &[lone(eta()).with("lane", lane()).said(Some(DAY as u32), Some(4 * DAY as u32))]]),
                now,
                "late 4320=2880+1440; 承诺制定方/eta_overpromise 2880 (text_owner); 物流/transit_delay 1440 (overrun); text, responsible",
            ),
            (
                "times said, lane named, a standing promise there: its owner",
                all(&[
                    &three_days(),
                    &[
                        standing("S1", "advert", "市场", 0, DAY),
                        lone(eta()).with("lane", lane()).said(Some(DAY as u32), Some(3 * DAY as u32)),
                    ],
                ]),
                now,
                "late 2880=2880+0; 市场/eta_overpromise 2880 (overpromise); text, responsible",
            ),
            ("said to be kept", vec![lone(eta()).said(Some(60), Some(50))], now, "late -10=?+?; text, not_responsible"),
            (
                "a delivery outranks what the text says",
                all(&[&three_days(), &[page(DAY), delivery(S, Some(S + 3 * DAY)), eta().said(Some(60), Some(600))]]),
                now,
                "late 2880=2880+0; 市场/eta_overpromise 2880 (overpromise); facts, responsible",
            ),
        ],
    );
}

#[test]
fn agents() {
    let now = S + 20 * DAY;
    let world = |promises: &[Sent]| all(&[&three_days(), promises, &[delivery(S, Some(S + 4 * DAY)), eta()]]);
    let quoted = "late 4320=2880+1440; 产品/eta_overpromise 2880 (rule_quoted); 物流/transit_delay 1440 (overrun); facts, responsible; 8001 cleared by S1 to 产品";
    check(
        told,
        vec![
            (
                "an agent quotes the rule: cleared, the rule's owner answers",
                world(&[standing("S1", "internal_standard", "产品", 0, DAY), agent("P", S - 10, DAY)]),
                now,
                quoted,
            ),
            (
                "a page is a rule, too",
                world(&[standing("S1", "page", "产品", 0, DAY), agent("P", S - 10, DAY)]),
                now,
                quoted,
            ),
            (
                "the rule promised less than the agent: cleared all the more",
                world(&[standing("S1", "page", "产品", 0, 60), agent("P", S - 10, DAY)]),
                now,
                quoted,
            ),
            (
                "the rule was longer: misquoted",
                world(&[standing("S1", "page", "产品", 0, 2 * DAY), agent("P", S - 10, DAY)]),
                now,
                "late 4320=2880+1440; 客服培训/agent_misquote 2880 (misquote); 物流/transit_delay 1440 (overrun); facts, responsible; 8001 misquoted",
            ),
            (
                "the rule was longer by a minute: misquoted",
                world(&[standing("S1", "page", "产品", 0, DAY + 1), agent("P", S - 10, DAY)]),
                now,
                "late 4320=2880+1440; 客服培训/agent_misquote 2880 (misquote); 物流/transit_delay 1440 (overrun); facts, responsible; 8001 misquoted",
            ),
            (
                "no rule: neither blamed nor cleared",
                world(&[agent("P", S - 10, DAY)]),
                now,
                "late 4320=2880+1440; 客服班组/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "an advert is no rule an agent quotes",
                world(&[standing("S1", "advert", "市场", 0, DAY), agent("P", S - 10, DAY)]),
                now,
                "late 4320=2880+1440; 客服班组/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "a rule made after the agent spoke could not be quoted",
                world(&[standing("S1", "page", "产品", S - 5, DAY), agent("P", S - 10, DAY)]),
                now,
                "late 4320=2880+1440; 客服班组/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "a rule that had ended, too",
                world(&[
                    standing("S1", "page", "产品", 0, DAY).with("valid_until", at(S - 10).to_string()),
                    agent("P", S - 10, DAY),
                ]),
                now,
                "late 4320=2880+1440; 客服班组/eta_overpromise 2880 (overpromise); 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
            (
                "nothing was promised away: nobody to clear or to blame",
                all(&[
                    &three_days(),
                    &[
                        standing("S1", "page", "产品", 0, 3 * DAY),
                        agent("P", S - 10, 3 * DAY),
                        delivery(S, Some(S + 4 * DAY)),
                        eta(),
                    ],
                ]),
                now,
                "late 1440=0+1440; 物流/transit_delay 1440 (overrun); facts, responsible",
            ),
        ],
    );
}

#[test]
fn ledger_entries() {
    let now = S + 5 * DAY;
    let case = || vec![step("s1", S, "opened", "客服班组"), step("s2", S + 60, "follow_up", "客服班组")];
    check(
        entries,
        vec![
            ("kept", vec![page(DAY), delivery(S, Some(S + DAY))], now, "P kept"),
            ("broken by a minute", vec![page(DAY), delivery(S, Some(S + DAY + 1))], now, "P broken"),
            ("open and past due", vec![page(DAY), delivery(S, None)], now, "P broken"),
            ("open and not due", vec![page(9 * DAY), delivery(S, None)], now, "P open"),
            ("open and due exactly now", vec![page(5 * DAY), delivery(S, None)], now, "P open"),
            (
                "finished after the moment asked about, not due then",
                vec![page(9 * DAY), delivery(S, Some(S + 6 * DAY))],
                now,
                "P open",
            ),
            ("no delivery known", vec![page(DAY)], now, "P unknown"),
            ("not made yet", vec![page(DAY), delivery(S, None)], S - 11, ""),
            (
                "a later promise is an entry of its own",
                vec![page(DAY), promise("P2", "agent", "客服班组", S + 60, 3 * DAY), delivery(S, Some(S + 2 * DAY))],
                now,
                "P broken, P2 kept",
            ),
            (
                "a standing promise and its delivery",
                vec![standing("S1", "page", "市场", 0, DAY), delivery(S, Some(S + 60))],
                now,
                "S1 kept",
            ),
            (
                "none for a delivery with a promise of its own",
                vec![standing("S1", "page", "市场", 0, DAY), page(DAY), delivery(S, Some(S + 60))],
                now,
                "P kept, S1 unknown",
            ),
            ("a standing promise without any", vec![standing("S1", "page", "市场", 0, DAY)], now, "S1 unknown"),
            (
                "two in force: one entry each",
                vec![
                    standing("S1", "page", "市场", 0, DAY),
                    standing("S2", "advert", "市场", 5, 30),
                    delivery(S, Some(S + 60)),
                ],
                now,
                "S2 broken, S1 kept",
            ),
            ("callback kept by a minute", all(&[&case(), &[callback("B", S + 1, S + 61)]]), now, "B kept"),
            ("callback kept in its last minute", all(&[&case(), &[callback("B", S + 1, S + 60)]]), now, "B kept"),
            ("callback missed by a minute", all(&[&case(), &[callback("B", S + 1, S + 59)]]), now, "B broken"),
            (
                "a call before the promise does not keep it",
                all(&[&case(), &[callback("B", S + 60, S + 90)]]),
                now,
                "B broken",
            ),
            (
                "callback due exactly now",
                vec![step("s1", S, "opened", "客服班组"), callback("B", S, S + 90)],
                S + 90,
                "B open",
            ),
            (
                "callback due a minute ago",
                vec![step("s1", S, "opened", "客服班组"), callback("B", S, S + 90)],
                S + 91,
                "B broken",
            ),
            (
                "a solution keeps a callback",
                vec![
                    step("s1", S, "opened", "客服班组"),
                    step("s2", S + 9, "resolved", "客服班组"),
                    callback("B", S, S + 90),
                ],
                now,
                "B kept",
            ),
            (
                "an assignment does not",
                vec![
                    step("s1", S, "opened", "客服班组"),
                    step("s2", S + 9, "assigned", "物流"),
                    callback("B", S, S + 90),
                ],
                now,
                "B broken",
            ),
        ],
    );
}

#[test]
fn causes_that_cases_decide() {
    let missed = |minutes| complaint("R", minutes, &["promise.callback_missed"]).with("case_id", "C");
    let slow = complaint("R", S + 400, &["process.dept_slow"]).with("case_id", "C");
    let now = S + DAY;
    check(
        told,
        vec![
            (
                "a missed callback is its owner's",
                vec![step("s1", S, "opened", "物流"), callback("B", S, S + 60), missed(S + 90)],
                now,
                "客服班组/callback_missed (callback_missed); facts, responsible",
            ),
            (
                "a kept callback is nobody's",
                vec![
                    step("s1", S, "opened", "物流"),
                    step("s2", S + 9, "follow_up", "物流"),
                    callback("B", S, S + 60),
                    missed(S + 90),
                ],
                now,
                "facts, not_responsible",
            ),
            (
                "no callback known: the text's owner",
                vec![missed(S + 90)],
                now,
                "承办部门/callback_missed (text_owner); text, pending",
            ),
            (
                "not due yet: the text's owner",
                vec![step("s1", S, "opened", "物流"), callback("B", S, S + 9 * DAY), missed(S + 90)],
                now,
                "承办部门/callback_missed (text_owner); text, pending",
            ),
            (
                "the department that answers latest",
                vec![
                    request("q1", S, "仓储"),
                    request("q2", S, "物流"),
                    reply("a1", "q1", S + 300, "仓储"),
                    slow.clone(),
                ],
                now,
                "物流/dept_slow (request_late); facts, responsible",
            ),
            (
                "nobody late: the text's owner",
                vec![request("q1", S, "仓储"), reply("a1", "q1", S + 60, "仓储"), slow],
                now,
                "承办部门/dept_slow (text_owner); text, pending",
            ),
        ],
    );
}

#[test]
fn holding_times() {
    let steps = |rows: &[(i64, &str, &str)]| -> Vec<Sent> {
        rows.iter()
            .enumerate()
            .map(|(n, (minutes, kind, holder))| step(&format!("s{n}"), *minutes, kind, holder))
            .collect()
    };
    let second = |sent: Sent, seconds: i64| {
        sent.with("occurred_at", (at(0) + jiff::SignedDuration::from_secs(seconds)).to_string())
    };
    check(
        holds,
        vec![
            (
                "opened, handed on, solved",
                steps(&[(0, "opened", "客服"), (10, "assigned", "物流"), (70, "resolved", "物流")]),
                999,
                "客服 10, 物流 60, = 70",
            ),
            (
                "still held",
                steps(&[(0, "opened", "客服"), (10, "assigned", "物流")]),
                100,
                "客服 10, 物流 90 open, = 100",
            ),
            (
                "waiting for the customer is the customer's",
                steps(&[
                    (0, "opened", "客服"),
                    (10, "waiting_customer", "客服"),
                    (40, "resumed", "客服"),
                    (50, "closed", "客服"),
                ]),
                999,
                "客服 10, customer 30, 客服 10, = 50",
            ),
            (
                "reopened twice",
                steps(&[
                    (0, "opened", "客服"),
                    (10, "resolved", "客服"),
                    (100, "reopened", "物流"),
                    (130, "resolved", "物流"),
                    (200, "reopened", "售后"),
                    (205, "closed", "售后"),
                ]),
                999,
                "客服 10, 物流 30, 售后 5, = 45",
            ),
            (
                "what is done after the end holds no clock",
                steps(&[
                    (0, "opened", "客服"),
                    (10, "resolved", "客服"),
                    (60, "follow_up", "客服"),
                    (80, "closed", "客服"),
                ]),
                999,
                "客服 10, = 10",
            ),
            ("nothing before it began", steps(&[(50, "opened", "客服")]), 10, "= 0"),
            (
                "what had not happened yet is not seen",
                steps(&[(0, "opened", "客服"), (10, "assigned", "物流"), (70, "resolved", "物流")]),
                30,
                "客服 10, 物流 20 open, = 30",
            ),
            (
                "two events of one minute: in the order of their ids",
                steps(&[
                    (0, "opened", "客服"),
                    (10, "assigned", "物流"),
                    (10, "assigned", "售后"),
                    (30, "resolved", "售后"),
                ]),
                999,
                "客服 10, 物流 0, 售后 20, = 30",
            ),
            (
                "opened twice: the time goes on",
                steps(&[(0, "opened", "客服"), (20, "opened", "物流"), (30, "resolved", "物流")]),
                999,
                "客服 20, 物流 10, = 30",
            ),
            (
                "half minutes sum to whole ones",
                vec![
                    step("s0", 0, "opened", "甲"),
                    second(step("s1", 0, "assigned", "乙"), 30),
                    second(step("s2", 0, "assigned", "丙"), 60),
                    second(step("s3", 0, "resolved", "丙"), 150),
                ],
                999,
                "甲 0, 乙 1, 丙 1, = 2",
            ),
        ],
    );
}

#[test]
fn requests_and_replies() {
    let now = S + 200;
    check(
        asks,
        vec![
            ("answered in its hour", vec![request("q", S, "仓储"), reply("a", "q", S + 60, "仓储")], now, "仓储 0"),
            ("a minute late", vec![request("q", S, "仓储"), reply("a", "q", S + 61, "仓储")], now, "仓储 1"),
            (
                "another limit",
                vec![request("q", S, "仓储").with("due_at", at(S + 30).to_string()), reply("a", "q", S + 61, "仓储")],
                now,
                "仓储 31",
            ),
            (
                "answered by another department",
                vec![request("q", S, "仓储"), reply("a", "q", S + 30, "物流")],
                now,
                "仓储 140 open not 物流",
            ),
            (
                "answered by another department first",
                vec![request("q", S, "仓储"), reply("a", "q", S + 30, "物流"), reply("b", "q", S + 70, "仓储")],
                now,
                "仓储 10 not 物流",
            ),
            (
                "two answers: the first counts",
                vec![request("q", S, "仓储"), reply("b", "q", S + 90, "仓储"), reply("a", "q", S + 50, "仓储")],
                now,
                "仓储 0",
            ),
            ("never answered", vec![request("q", S, "仓储")], now, "仓储 140 open"),
            ("not due yet", vec![request("q", S, "仓储")], S + 30, "仓储 0 open"),
            ("due exactly now", vec![request("q", S, "仓储")], S + 60, "仓储 0 open"),
            (
                "asked again under the same id: the clock goes on",
                vec![
                    request("q", S, "仓储"),
                    request("q", S + 50, "仓储").with("event_id", "q2"),
                    reply("a", "q", S + 70, "仓储"),
                ],
                now,
                "仓储 10",
            ),
        ],
    );
}

#[test]
fn repeat_chains() {
    let call = |id: &str, minutes: i64| complaint(id, minutes, &["people.attitude"]);
    let free = |id: &str, minutes: i64, cause: &str| complaint(id, minutes, &[cause]).without("order_id");
    let now = 60 * DAY;
    check(
        linked,
        vec![
            ("one order", vec![call("R1", 0), call("R2", DAY)], now, "R1-R2"),
            ("exactly seven days", vec![call("R1", 0), call("R2", 7 * DAY)], now, "R1-R2"),
            ("a minute more", vec![call("R1", 0), call("R2", 7 * DAY + 1)], now, "R1 R2"),
            (
                "each within seven days of the one before",
                vec![call("R1", 0), call("R2", 6 * DAY), call("R3", 12 * DAY)],
                now,
                "R1-R2-R3",
            ),
            ("another order", vec![call("R1", 0), call("R2", 1).with("order_id", "O2")], now, "R1 R2"),
            (
                "another customer",
                vec![call("R1", 0), call("R2", 1).with("customer", serde_json::json!({"account": "u2"}))],
                now,
                "R1 R2",
            ),
            (
                "order and no order are never one matter",
                vec![call("R1", 0), free("R2", 1, "people.attitude")],
                now,
                "R1 R2",
            ),
            (
                "no order: one group of causes",
                vec![free("R1", 0, "people.attitude"), free("R2", 1, "people.skill_gap")],
                now,
                "R1-R2",
            ),
            (
                "no order: another group",
                vec![free("R1", 0, "people.attitude"), free("R2", 1, "system.outage")],
                now,
                "R1 R2",
            ),
            (
                "no order and no cause: alone",
                vec![complaint("R1", 0, &[]).without("order_id"), complaint("R2", 1, &[]).without("order_id")],
                now,
                "R1 R2",
            ),
            (
                "no customer: alone",
                vec![call("R1", 0).without("customer"), call("R2", 1).without("customer")],
                now,
                "R1 R2",
            ),
        ],
    );
}

#[test]
fn judgements_appeals_and_corrections() {
    let now = S + 20 * DAY;
    let world = |said: &[Sent]| {
        let lane = all(&[&three_days(), &[page(DAY), delivery(S, Some(S + 3 * DAY)), eta()]]);
        all(&[&lane, said])
    };
    let terms = "late 2880=2880+0; ";
    let row = |name, said: &[Sent], expected: &str| (name, world(said), now, &*format!("{terms}{expected}").leak());
    check(
        told,
        vec![
            row(
                "a judgement outranks facts",
                &[judgement("j1", S + DAY, "responsible", "物流")],
                "物流/eta_overpromise (judged); judgement, responsible",
            ),
            row(
                "the last judgement counts",
                &[judgement("j2", S + 2 * DAY, "partly", "市场"), judgement("j1", S + DAY, "responsible", "物流")],
                "市场/eta_overpromise (judged); judgement, partly",
            ),
            row(
                "judged not responsible: nobody is",
                &[judgement("j1", S + DAY, "not_responsible", "物流")],
                "judgement, not_responsible",
            ),
            row(
                "force majeure: nobody is",
                &[judgement("j1", S + DAY, "force_majeure", "物流")],
                "judgement, force_majeure",
            ),
            row(
                "an appeal alone changes nothing",
                &[judgement("j1", S + DAY, "responsible", "物流"), appeal("a1", S + 2 * DAY, "物流")],
                "物流/eta_overpromise (judged); judgement, responsible",
            ),
            row(
                "an appeal upheld",
                &[
                    judgement("j1", S + DAY, "responsible", "物流"),
                    appeal("a1", S + 2 * DAY, "物流"),
                    judgement("j2", S + 3 * DAY, "responsible", "市场").with("appeal_id", "a1"),
                ],
                "市场/eta_overpromise (judged); judgement, responsible",
            ),
            row(
                "a correction of the cause moves the record at once",
                &[correction("c1", S + DAY, &["people.attitude"])],
                "客服班组/attitude (text_owner); text, pending",
            ),
            row(
                "the last correction counts",
                &[correction("c2", S + 2 * DAY, &["system.outage"]), correction("c1", S + DAY, &["people.attitude"])],
                "信息技术/outage (text_owner); text, pending",
            ),
            row("corrected to no cause: nobody", &[correction("c1", S + DAY, &[])], "text, pending"),
            row(
                "a correction silent about causes leaves them",
                &[correction("c1", S + DAY, &[]).without("causes").with("note", "看过")],
                "市场/eta_overpromise 2880 (overpromise); facts, responsible",
            ),
        ],
    );
}

#[test]
fn appeals_are_open_until_answered_and_overturned_when_decided_otherwise() {
    let said = [
        eta(),
        judgement("j1", S, "responsible", "物流"),
        appeal("a1", S + 10, "物流"),
        judgement("j2", S + 20, "responsible", "市场").with("appeal_id", "a1").with("judge", "陈静"),
        appeal("a2", S + 30, "市场"),
        judgement("j3", S + 40, "responsible", "市场").with("appeal_id", "a2"),
    ];
    let facts = facts(&said);
    let open = |minutes| {
        let open = tingjian_attribution::open_appeals(&facts, "R", at(minutes));
        open.into_iter().map(|appeal| appeal.body.appeal_id.clone()).collect::<Vec<_>>()
    };
    assert_eq!((open(S + 9), open(S + 15), open(S + 20)), (vec![], vec!["a1".to_owned()], vec![]));
    let by = tingjian_attribution::overturns(&facts, at(S + 99), |judgement| &judgement.body.judge);
    let sums = |judge: &str| (by[judge].given, by[judge].appealed, by[judge].overturned);
    assert_eq!((sums("王芳"), sums("陈静")), ((2, 1, 1), (1, 1, 0)));
}

#[test]
fn contradictions_are_named_and_nothing_is_repaired() {
    let now = S + 20 * DAY;
    check(
        wrong,
        vec![
            (
                "two ends of one delivery",
                vec![delivery(S, Some(S + 10)), delivery(S, Some(S + 20)).with("event_id", "D2")],
                now,
                "two_deliveries D+D2",
            ),
            (
                "two beginnings",
                vec![delivery(S, None), delivery(S + 1, Some(S + 20)).with("event_id", "D2")],
                now,
                "two_deliveries D+D2",
            ),
            (
                "open and then finished is no contradiction",
                vec![delivery(S, None), delivery(S, Some(S + 20)).with("event_id", "D2")],
                now,
                "",
            ),
            (
                "due before the delivery began",
                vec![page(1).without("promised_min").with("due_at", at(S - 1).to_string()), delivery(S, None)],
                now,
                "due_before_start P+D",
            ),
            (
                "promised after the delivery",
                vec![promise("P", "page", "市场", S + 30, DAY), delivery(S, Some(S + 20))],
                now,
                "promise_after_delivery P+D",
            ),
            ("a callback for a case nobody opened", vec![callback("B", S, S + 10)], now, "unknown_case B"),
            ("a request about a case nobody opened", vec![request("q", S, "仓储")], now, "unknown_case q"),
            (
                "opened twice",
                vec![step("s1", S, "opened", "客服"), step("s2", S + 5, "opened", "物流")],
                now,
                "opened_twice s1+s2",
            ),
            (
                "a step before the opening",
                vec![step("s2", S - 5, "assigned", "物流"), step("s1", S, "opened", "客服")],
                now,
                "step_before_opening s2+s1",
            ),
            ("an answer nobody asked for", vec![reply("a", "q", S, "仓储")], now, "reply_without_request a"),
            (
                "an answer before the question",
                vec![step("s", S, "opened", "客服"), request("q", S, "仓储"), reply("a", "q", S - 1, "仓储")],
                now,
                "reply_before_request a+q",
            ),
        ],
    );
}
