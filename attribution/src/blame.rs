//! Who answers for an over-promise: the promise's owner, unless an agent only quoted the rule, or undercut it.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::{Lane, PromiseMaker};

use crate::{Facts, Reason, facts::PromiseFact};

/// Cause of a promise shorter than what the lane can do.
pub(crate) const OVERPROMISE: &str = "promise.eta_overpromise";
/// Cause of an agent who promised less than the rule.
pub(crate) const MISQUOTE: &str = "promise.agent_misquote";

/// An agent who only quoted the rule: nothing of the share stays in that agent's record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Exoneration {
    /// The agent.
    pub agent_no: String,
    /// Promise id of the rule quoted.
    pub rule: String,
    /// The rule's owner.
    pub moved_to: String,
}

/// Who answers for an over-promise, and what that does to the agent who made it.
pub(crate) struct Blame {
    pub department: String,
    pub cause: &'static str,
    pub reason: Reason,
    pub exonerated: Option<Exoneration>,
    /// The agent who promised less than the rule.
    pub misquoted_by: Option<String>,
    /// The rule it was held against.
    pub rule: Option<String>,
}

/// Who answers for `promise`, by which a delivery that began at `started_at` is measured.
pub(crate) fn blame(facts: &Facts, promise: &PromiseFact, lane: Option<&Lane>, started_at: Timestamp) -> Blame {
    let owner = Blame {
        department: promise.body.owner_department.clone(),
        cause: OVERPROMISE,
        reason: Reason::Overpromise,
        exonerated: None,
        misquoted_by: None,
        rule: None,
    };
    if promise.body.made_by_kind != PromiseMaker::Agent {
        return owner;
    }
    // In force when the agent spoke: a rule of later days could not be quoted.
    let rules = lane.map(|lane| facts.standing(lane, promise.body.made_at)).unwrap_or_default();
    let rules: Vec<&PromiseFact> = rules.into_iter().filter(|rule| is_rule(rule)).collect();
    let agent = promise.head.agent_no.clone();
    let p = promise.minutes_from(started_at);
    let quoted = rules.iter().find(|rule| rule.minutes_from(started_at) <= p);
    match (quoted, rules.first()) {
        (Some(rule), _) => {
            let (moved_to, id) = (rule.body.owner_department.clone(), rule.body.promise_id.clone());
            let of = |agent_no| Exoneration { agent_no, rule: id.clone(), moved_to: moved_to.clone() };
            let (exonerated, reason) = (agent.map(of), Reason::RuleQuoted);
            Blame { department: moved_to, reason, exonerated, rule: Some(rule.head.event_id.clone()), ..owner }
        }
        (None, Some(rule)) => Blame {
            department: facts.owner(MISQUOTE).to_owned(),
            cause: MISQUOTE,
            reason: Reason::Misquote,
            misquoted_by: agent,
            rule: Some(rule.head.event_id.clone()),
            ..owner
        },
        (None, None) => owner,
    }
}

fn is_rule(promise: &PromiseFact) -> bool {
    matches!(promise.body.made_by_kind, PromiseMaker::InternalStandard | PromiseMaker::Page)
}
