//! FACTS: who made the promise; agents cleared and agents who misquoted.

use super::*;

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
