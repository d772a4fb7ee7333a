//! Bad facts: each is named with the events it is between, and none is repaired.

use super::*;

fn transfers(handed: &[(&str, &str)]) -> serde_json::Value {
    let one = |(from, to): &(&str, &str)| serde_json::json!({"from": from, "to": to, "at": at(S).to_string()});
    handed.iter().map(one).collect()
}

/// Refused as they come: they never become facts.
#[test]
fn what_contradicts_itself_is_a_dead_letter() {
    let refused = |sent: Sent, field: &str| {
        let (stream, json) = sent.bytes();
        let rejection = tingjian_schemas::decode(stream, json.as_bytes()).unwrap_err();
        assert_eq!(rejection.field.as_deref(), Some(field), "{json}");
    };
    let mut ends_first = delivery(S, Some(S + 1));
    ends_first = ends_first.with("finished_at", at(S - 1).to_string());
    refused(ends_first, "finished_at");
    refused(page(DAY).without("promised_min").with("due_at", at(S - 11).to_string()), "due_at");
    refused(callback("B", S, S - 1), "due_at");
    refused(page(1_000_000_000), "promised_min");
    refused(request("q", S, "仓储").with("due_at", at(S - 1).to_string()), "due_at");
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
            ("a promise of no time", vec![page(0), delivery(S, Some(S + 20))], now, "promise_of_no_time P+D"),
            ("and without a delivery", vec![page(0)], now, "promise_of_no_time P"),
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
                "a call handed back to where it had been",
                vec![call("N", S, "L").with("transfers", transfers(&[("一线", "二线"), ("二线", "一线")]))],
                now,
                "cyclic_transfer N",
            ),
            (
                "a call handed on twice",
                vec![call("N", S, "L").with("transfers", transfers(&[("一线", "二线"), ("二线", "专家")]))],
                now,
                "",
            ),
            (
                "an answer before the question",
                vec![step("s", S, "opened", "客服"), request("q", S, "仓储"), reply("a", "q", S - 1, "仓储")],
                now,
                "reply_before_request a+q",
            ),
        ],
    );
}
