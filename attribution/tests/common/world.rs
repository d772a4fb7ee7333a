//! A small world in which everything happens at once: few orders, few minutes, few ids, so that most events concern each other and
//! many are told anew with another order, case, customer, call or time.

use proptest::prelude::*;

use super::told::*;

/// One event of it.
pub fn event() -> impl Strategy<Value = Sent> {
    let id = 0..6_u32;
    let minutes = 0..40 * DAY;
    (0..17_u32, id, minutes, 0..4000_i64, 0..4_usize).prop_map(|(what, id, from, length, pick)| {
        let owner = ["市场", "产品", "物流", "仓储"][pick];
        let order = format!("O{}", (id as usize + pick) % 3);
        let customer = serde_json::json!({"account": format!("u{}", pick % 3)});
        match what {
            0 => promise(&format!("P{id}"), ["page", "advert", "internal_standard", "page"][pick], owner, from, length)
                .with("order_id", order),
            1 => agent(&format!("A{id}"), from, length).with("order_id", order),
            2 => {
                standing(&format!("S{id}"), ["page", "advert", "internal_standard", "page"][pick], owner, from, length)
            }
            3 => callback(&format!("B{id}"), from, from + length).with("case_id", format!("C{}", pick % 2)),
            4 => delivery_of(&format!("D{id}"), &order, from, Some(from + length)),
            5 => delivery_of(&format!("E{id}"), &order, from, None),
            6 => step(&format!("s{id}"), from, ["opened", "assigned", "resolved", "reopened"][pick], owner)
                .with("case_id", format!("C{}", length % 2)),
            7 => step(&format!("t{id}"), from, ["follow_up", "waiting_customer", "closed", "resumed"][pick], owner),
            8 => request(&format!("q{id}"), from, owner).with("case_id", format!("C{}", length % 2)),
            9 => reply(&format!("a{id}"), &format!("q{}", length % 6), from, owner),
            10 => {
                judgement(&format!("j{id}"), from, ["responsible", "partly", "not_responsible", "pending"][pick], owner)
                    .with("record_id", format!("R{}", length % 3))
            }
            11 => correction(
                &format!("c{id}"),
                from,
                &[["people.attitude"], ["fulfil.lost"], ["promise.callback_missed"], ["process.dept_slow"]][pick],
            )
            .with("record_id", format!("R{}", length % 3)),
            // Made in days to come.
            12 => promise(&format!("P{id}"), "page", owner, from, length)
                .with("order_id", order)
                .with("made_at", at(from + length).to_string()),
            13 => call(&format!("R{id}"), from, &format!("L{}", pick % 2)).with("customer", customer),
            14 => call(&format!("R{id}"), from, &format!("L{}", pick % 2)).without("customer").with("order_id", order),
            15 => appeal(&format!("p{id}"), from, owner).with("record_id", format!("R{}", length % 3)),
            _ => complaint(
                &format!("R{id}"),
                from,
                &[
                    ["promise.eta_overpromise"],
                    ["fulfil.transit_delay"],
                    ["promise.callback_missed"],
                    ["process.dept_slow"],
                ][pick],
            )
            .with("order_id", order)
            .with("customer", customer)
            .with("case_id", format!("C{}", id % 2)),
        }
    })
}
