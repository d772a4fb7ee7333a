//! FACTS: delay; p, a, c and the shares.

use super::*;

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
