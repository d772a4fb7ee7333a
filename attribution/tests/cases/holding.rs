//! FACTS: holding time and requests.

use super::*;

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
