//! FACTS: callbacks and the promise ledger.

use super::*;

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
