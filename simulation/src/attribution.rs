//! Who is responsible, by the definitions of `FACTS`, from what the generator knows. Written apart from the product's
//! attribution, so that neither repeats the other's mistakes.

use tingjian_schemas::{PromiseMaker, Verdict};

use crate::{
    capability::Capability,
    causes::{AGENT_MISQUOTE, CALLBACK_MISSED, Cause, DEPT_SLOW, ETA_OVERPROMISE, TRANSIT_DELAY},
    centre::{Lane, Standing, agent_no},
    clock::{Seconds, minutes_between},
    story::{Contact, Order, Story},
    truth::{Basis, DelayTruth, Exoneration, PromiseTruth, Responsible},
    world::{World, timestamp},
};

/// What is known of one record's responsibility.
#[derive(Debug)]
pub(crate) struct Attribution {
    pub(crate) promise: Option<PromiseTruth>,
    pub(crate) capability: Option<Capability>,
    pub(crate) delay: Option<DelayTruth>,
    pub(crate) responsible: Vec<Responsible>,
    pub(crate) basis: Basis,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) exonerated: Option<Exoneration>,
    pub(crate) misquoted_by: Option<String>,
    pub(crate) complete: bool,
}

impl Attribution {
    fn pending() -> Self {
        Self {
            promise: None,
            capability: None,
            delay: None,
            responsible: Vec::new(),
            basis: Basis::Pending,
            verdict: None,
            exonerated: None,
            misquoted_by: None,
            complete: false,
        }
    }
}

/// The attribution of a contact, seen at `as_of`.
pub(crate) fn attribute(world: &World, story: &Story, contact: &Contact, as_of: Seconds) -> Attribution {
    let mut known = measured(world, story, contact, as_of);
    let Some(primary) = contact.causes.first().copied() else { return Attribution { basis: Basis::Text, ..known } };
    if primary.is_delay() {
        decide_delay(world, story, contact, &mut known);
        return known;
    }
    let fact = match primary {
        CALLBACK_MISSED => story.callback().filter(|_| contact.names_case).map(|(_, promise)| promise.owner),
        DEPT_SLOW if contact.names_case => late_department(story, as_of),
        _ => None,
    };
    let cause = primary.code().to_owned();
    known.basis = if fact.is_some() { Basis::Facts } else { Basis::Text };
    known.complete = fact.is_some();
    let department = fact.unwrap_or(primary.leaf().owner).to_owned();
    known.responsible = vec![Responsible { department, cause, minutes: None }];
    known
}

/// p, c and the terms of the order the contact names.
fn measured(world: &World, story: &Story, contact: &Contact, as_of: Seconds) -> Attribution {
    let mut known = Attribution::pending();
    let Some(order) = story.order.as_ref().filter(|order| order.reported && contact.names_order) else { return known };
    let Some(lane) = world.centre.lane(order.lane) else { return known };
    known.promise = promise(world, story, order, lane);
    known.capability = story.capability.get().copied();
    let Some(promise) = &known.promise else { return known };
    let actual = minutes_between(order.started, order.finished().min(as_of));
    let (a, p) = (i64::from(actual), i64::from(promise.promised_min));
    let c = known.capability.and_then(|capability| capability.p90_min).map(i64::from);
    let late = a - p;
    let over = c.map(|c| late.min((c - p).max(0)).max(0));
    let share = |minutes: i64| minutes.max(0) as u32;
    known.delay = Some(DelayTruth {
        late_min: late,
        overpromise_min: c.map(|c| c - p),
        overrun_min: c.map(|c| a - c),
        overpromise_share_min: over.filter(|_| late > 0).map(share),
        overrun_share_min: over.filter(|_| late > 0).map(|over| share(late - over)),
    });
    known
}

/// The promise p comes from: the order's own, else the standing one of its lane at the delivery's start.
fn promise(world: &World, story: &Story, order: &Order, lane: &Lane) -> Option<PromiseTruth> {
    if let Some((place, own)) = story.linked_promise() {
        return Some(PromiseTruth {
            promise_id: world.promise_id(story, place),
            made_by_kind: own.maker,
            owner_department: own.owner.to_owned(),
            made_at: timestamp(own.made),
            promised_min: own.minutes,
            standing: false,
            agent_no: own.agent.map(agent_no),
        });
    }
    let (place, standing) = lane.standing_at(order.started)?;
    Some(PromiseTruth {
        promise_id: world.standing_id(order.lane, place),
        made_by_kind: standing.maker,
        owner_department: standing.owner.to_owned(),
        made_at: timestamp(standing.from),
        promised_min: standing.minutes,
        standing: true,
        agent_no: None,
    })
}

fn decide_delay(world: &World, story: &Story, contact: &Contact, known: &mut Attribution) {
    known.verdict = Some(Verdict::Pending);
    let (Some(order), Some(promise), Some(delay)) = (&story.order, known.promise.clone(), known.delay) else { return };
    let Some(lane) = world.centre.lane(order.lane) else { return };
    known.complete = !story.linked_promise().is_some_and(|(_, own)| rule_changes(lane, own.made, order.started));
    if delay.late_min <= 0 {
        known.verdict = Some(Verdict::NotResponsible);
        known.basis = Basis::Facts;
        return;
    }
    let (Some(over), Some(overrun)) = (delay.overpromise_share_min, delay.overrun_share_min) else { return };
    known.verdict = Some(Verdict::Responsible);
    known.basis = Basis::Facts;
    let fulfil = contact.causes.iter().copied().find(|cause| cause.is_delay() && *cause != ETA_OVERPROMISE);
    let mut shares = Vec::new();
    if over > 0 {
        let (department, cause) = blame(world, story, order, lane, &promise, known);
        shares.push(Responsible { department, cause: cause.code().to_owned(), minutes: Some(over) });
    }
    if overrun > 0 {
        let cause = fulfil.unwrap_or(TRANSIT_DELAY).code().to_owned();
        shares.push(Responsible { department: lane.department.to_owned(), cause, minutes: Some(overrun) });
    }
    shares.sort_by_key(|share| std::cmp::Reverse(share.minutes));
    // Equal shares have no first: no product can be asked which.
    known.complete &= over != overrun;
    known.responsible = shares;
}

/// Who answers for the over-promise: the promise's owner, unless an agent quoted a rule or undercut it.
fn blame(
    world: &World,
    story: &Story,
    order: &Order,
    lane: &Lane,
    promise: &PromiseTruth,
    known: &mut Attribution,
) -> (String, Cause) {
    let owner = (promise.owner_department.clone(), ETA_OVERPROMISE);
    let (PromiseMaker::Agent, Some(agent_no)) = (promise.made_by_kind, promise.agent_no.clone()) else { return owner };
    let made = story.linked_promise().map_or(order.started, |(_, own)| own.made);
    let Some((place, rule)) = lane.standing_at(made).filter(|(_, standing)| is_rule(standing)) else { return owner };
    if rule.minutes <= promise.promised_min {
        let moved_to = rule.owner.to_owned();
        let rule = world.standing_id(order.lane, place);
        known.exonerated = Some(Exoneration { agent_no, rule, moved_to: moved_to.clone() });
        return (moved_to, ETA_OVERPROMISE);
    }
    known.misquoted_by = Some(agent_no);
    (AGENT_MISQUOTE.leaf().owner.to_owned(), AGENT_MISQUOTE)
}

fn is_rule(standing: &Standing) -> bool {
    matches!(standing.maker, PromiseMaker::InternalStandard | PromiseMaker::Page)
}

/// Whether another standing promise came into force between the agent's word and the delivery's start, so that it
/// matters at which of the two the rule is looked up.
fn rule_changes(lane: &Lane, made: Seconds, started: Seconds) -> bool {
    lane.standing_at(made).map(|(place, _)| place) != lane.standing_at(started).map(|(place, _)| place)
}

/// The department asked that is latest with its answer.
fn late_department(story: &Story, as_of: Seconds) -> Option<&'static str> {
    let case = story.case.as_ref()?;
    let lateness = |request: &&crate::story::Request| {
        let replied =
            request.replies.iter().find(|(_, by)| *by == request.to).map_or(as_of, |(at, _)| (*at).min(as_of));
        minutes_between(request.due(), replied)
    };
    case.requests.iter().max_by_key(lateness).filter(|request| lateness(request) > 0).map(|request| request.to)
}
