//! FACTS: judgements, appeals and corrections.

use super::*;

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
