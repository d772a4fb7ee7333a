//! FACTS: repeat contact and first-contact resolution.

use super::*;

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

/// Minutes until the next visit of the chain.
fn followed(facts: &Facts, as_of: Timestamp) -> String {
    let places = tingjian_attribution::chains(facts, as_of).into_iter().flat_map(|chain| chain.contacts);
    let told = places.map(|place| match place.next_after_ms {
        Some(ms) => format!("{} {}", place.record_id, ms / 60_000),
        None => place.record_id,
    });
    told.collect::<Vec<_>>().join(", ")
}

#[test]
fn records_of_one_call_are_one_visit() {
    let about = |id: &str, minutes: i64| complaint(id, minutes, &["people.attitude"]);
    let now = 60 * DAY;
    check(
        followed,
        vec![
            ("two calls", vec![about("R1", 0), about("R2", 30)], now, "R1 30, R2"),
            (
                "a complaint and the note of its call",
                vec![about("R1", 0).with("call_id", "L"), call("R2", 30, "L").with("order_id", "O")],
                now,
                "R1, R2",
            ),
            (
                "and a visit afterwards",
                vec![about("R1", 0).with("call_id", "L"), call("R2", 30, "L").with("order_id", "O"), about("R3", 60)],
                now,
                "R1 60, R2 30, R3",
            ),
            (
                "the note names the order and the customer, the complaint neither",
                vec![
                    about("R1", 0).without("order_id").without("customer").with("call_id", "L"),
                    call("R2", 30, "L").with("order_id", "O"),
                    about("R3", 60),
                ],
                now,
                "R1 60, R2 30, R3",
            ),
            (
                "two notes that name different customers give none",
                vec![
                    about("R1", 0).without("order_id").without("customer").with("call_id", "L"),
                    call("R2", 30, "L"),
                    call("R3", 31, "L").with("customer", serde_json::json!({"account": "u2"})),
                ],
                now,
                "R1, R2, R3",
            ),
        ],
    );
}

#[test]
fn what_the_call_names_decides_a_record_that_names_nothing() {
    let note = call("N", S + 5 * DAY, "L").with("order_id", "O");
    let bare = eta().without("order_id").with("call_id", "L");
    let world = |texts: &[Sent]| all(&[&three_days(), &[page(DAY), delivery(S, Some(S + 3 * DAY))], texts]);
    let linked = "late 2880=2880+0; 市场/eta_overpromise 2880 (overpromise); facts, responsible";
    check(
        told,
        vec![
            ("with the note", world(&[bare.clone(), note.clone()]), S + 20 * DAY, linked),
            ("without it", world(std::slice::from_ref(&bare)), S + 20 * DAY, "pending, pending"),
            (
                "two notes, two orders: nothing is guessed",
                world(&[bare, note, call("M", S + 5 * DAY, "L").with("order_id", "O2")]),
                S + 20 * DAY,
                "pending, pending",
            ),
        ],
    );
}
