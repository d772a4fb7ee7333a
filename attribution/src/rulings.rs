//! What people said about a record afterwards: corrections of its label, verdicts, appeals.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tingjian_schemas::Kind;

use crate::{
    Facts,
    facts::{AppealFact, Contact, CorrectionFact, JudgementFact, NamedCause, Noted},
};

/// What a correction last said of the kind, and what of the causes; where none did, what the text was read as.
pub fn corrected(facts: &Facts, contact: &Contact, as_of: Timestamp) -> (Kind, Vec<NamedCause>) {
    let made = facts.rulings(&contact.record_id).map(|rulings| rulings.corrections.as_slice()).unwrap_or_default();
    let by_then = || made.iter().rev().filter(|correction| correction.head.occurred_at <= as_of);
    let kind = by_then().find_map(|correction: &CorrectionFact| correction.body.kind);
    let causes = by_then().find_map(|correction| correction.body.causes.as_ref());
    let named =
        |code: &String| NamedCause { code: facts.leaf(code).to_owned(), department: facts.owner(code).to_owned() };
    let causes = causes.map(|codes| codes.iter().map(named).collect());
    (kind.unwrap_or(contact.kind), causes.unwrap_or_else(|| contact.causes.clone()))
}

/// The judgement that counts: the last one given.
pub fn last_judgement<'a>(facts: &'a Facts, record_id: &str, as_of: Timestamp) -> Option<&'a JudgementFact> {
    given(&facts.rulings(record_id)?.judgements, as_of).last()
}

/// Appeals that no judgement has answered yet.
pub fn open_appeals<'a>(facts: &'a Facts, record_id: &str, as_of: Timestamp) -> Vec<&'a AppealFact> {
    let Some(rulings) = facts.rulings(record_id) else { return Vec::new() };
    let answered = |id: &str| given(&rulings.judgements, as_of).any(|j| j.body.appeal_id.as_deref() == Some(id));
    given(&rulings.appeals, as_of).filter(|appeal| !answered(&appeal.body.appeal_id)).collect()
}

fn given<B>(facts: &[Noted<B>], as_of: Timestamp) -> impl Iterator<Item = &Noted<B>> {
    facts.iter().filter(move |fact| fact.head.occurred_at <= as_of)
}

/// Judgements of one judge or about one department, and how many of them an appeal undid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Overturns {
    pub given: u64,
    pub appealed: u64,
    pub overturned: u64,
}

/// Judgements and those overturned: a judgement is overturned by one that answers an appeal after it and decides on
/// another verdict or department. `of` says under whose name a judgement counts (its judge, or the department it names).
pub fn overturns<'a>(
    facts: &'a Facts,
    as_of: Timestamp,
    of: impl Fn(&'a JudgementFact) -> &'a str,
) -> BTreeMap<&'a str, Overturns> {
    let mut sums: BTreeMap<&str, Overturns> = BTreeMap::new();
    for rulings in facts.contacts().filter_map(|contact| facts.rulings(&contact.record_id)) {
        let mut before: Option<&JudgementFact> = None;
        for judgement in given(&rulings.judgements, as_of) {
            sums.entry(of(judgement)).or_default().given += 1;
            if let Some(first) = before.filter(|_| judgement.body.appeal_id.is_some()) {
                let decided = |j: &JudgementFact| (j.body.verdict, j.head.department.clone());
                let sum = sums.entry(of(first)).or_default();
                sum.appealed += 1;
                sum.overturned += u64::from(decided(first) != decided(judgement));
            }
            before = Some(judgement);
        }
    }
    sums
}
