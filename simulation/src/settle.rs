//! The truth of a story once nothing about it can change any more.

use tingjian_schemas::{CaseStep, Stream, Verdict};

use crate::{
    attribution::{Attribution, attribute},
    centre::agent_no,
    clock::{MINUTE, Seconds, minutes_between},
    story::{Call, Case, Contact, Promise, Request, Ruling, Story},
    truth::{
        CaseTruth, DeliveryTruth, EffortTruth, HoldTruth, JudgementTruth, LedgerTruth, Outcome, PromotionTruth,
        RecordTruth, RequestTruth, SaidTruth, Truth,
    },
    world::{World, timestamp},
};

/// Every line of truth about a story, as of `as_of`; acts at or after the run's end never happened.
pub(crate) fn tell(world: &World, story: &Story, as_of: Seconds) -> Vec<Truth> {
    let mut lines: Vec<Truth> = (0..story.contacts.len())
        .filter_map(|number| record(world, story, number, as_of))
        .map(|record| Truth::Record(Box::new(record)))
        .collect();
    lines.extend(case(world, story, as_of).map(|case| Truth::Case(Box::new(case))));
    lines.extend(ledger(world, story, as_of).into_iter().map(|entry| Truth::Ledger(Box::new(entry))));
    lines
}

fn record(world: &World, story: &Story, number: usize, as_of: Seconds) -> Option<RecordTruth> {
    let contact = story.contacts.get(number)?;
    let said = contact.said.get()?;
    let known = attribute(world, story, contact, as_of);
    let judgements = judgements(story, number);
    let order = story.order.as_ref().filter(|_| contact.names_order);
    let lane = order.and_then(|order| world.centre.lane(order.lane)).map(|lane| lane.name.clone());
    let delivery = order.filter(|order| order.reported).map(|order| delivery(order.started, order.finished(), as_of));
    let Attribution { promise, capability, delay, responsible, basis, verdict, exonerated, misquoted_by, complete } =
        known;
    let judged = judgements.last().map(|last| last.department.clone());
    let text = &said.text;
    Some(RecordTruth {
        record_id: world.record_id(story.number, number),
        stream: contact.stream,
        occurred_at: timestamp(contact.at),
        kind: contact.kind,
        causes: text.causes.iter().map(|cause| cause.code().to_owned()).collect(),
        praised: text.praised,
        abuse: contact.abuse,
        said: SaidTruth {
            promised_min: text.promised_min,
            actual_min: text.actual.map(|(minutes, _)| minutes),
            actual_open: text.actual.map(|(_, open)| open),
        },
        pii: text.pii.clone(),
        agent_no: Some(agent_no(contact.agent)),
        order_id: order.and_then(|_| world.order_id(story)),
        case_id: contact.names_case.then(|| world.case_id(story)).flatten(),
        lane,
        promise,
        delivery,
        capability,
        delay,
        department: judged.or_else(|| responsible.first().map(|first| first.department.clone())),
        responsible,
        basis,
        verdict,
        exonerated,
        misquoted_by,
        complete: complete || !judgements.is_empty(),
        judgements,
        chain_id: said.chain.map(|(story, contact)| world.record_id(story, usize::from(contact))),
        effort: contact.call.as_ref().filter(|_| contact.stream == Stream::CallNotes).map(effort),
        promotion: promotion(world, story, contact),
    })
}

fn delivery(started: Seconds, finished: Seconds, as_of: Seconds) -> DeliveryTruth {
    let open = finished > as_of;
    DeliveryTruth {
        started_at: timestamp(started),
        finished_at: (!open).then(|| timestamp(finished)),
        actual_min: minutes_between(started, finished.min(as_of)),
        open,
    }
}

/// Judgements that were given, in order of time.
fn judgements(story: &Story, contact: usize) -> Vec<JudgementTruth> {
    let mut told: Vec<(Verdict, &str, JudgementTruth)> = Vec::new();
    for ruling in story.rulings.iter().filter(|ruling| ruling.contact() == contact) {
        let Ruling::Judgement { judge, appeal, given, .. } = ruling else { continue };
        let Some((verdict, department)) = given.get() else { continue };
        let differs = told.last().is_some_and(|(before, by, _)| (before, by) != (verdict, department));
        let truth = JudgementTruth {
            judge: (*judge).to_owned(),
            department: (*department).to_owned(),
            verdict: *verdict,
            overturns: appeal.is_some() && differs,
        };
        told.push((*verdict, department, truth));
    }
    told.into_iter().map(|(_, _, truth)| truth).collect()
}

/// Seconds of effort by the default rates.
fn effort(call: &Call) -> EffortTruth {
    let transfers = call.transfers.len().saturating_sub(1) as u32;
    let (press_s, transfer_s, repeat_s) = (call.presses * 3, transfers * 60, call.repeated * 30);
    let total_s = call.wait_s + call.talk_s + press_s + transfer_s + repeat_s;
    EffortTruth { wait_s: call.wait_s, talk_s: call.talk_s, press_s, transfer_s, repeat_s, total_s }
}

/// The campaign a contact is linked to: by the lane it names and its time, else by its order's lane and time.
fn promotion(world: &World, story: &Story, contact: &Contact) -> Option<PromotionTruth> {
    let campaign_at = |lane: u16, at: Seconds| {
        let (place, standing) = world.centre.lane(lane)?.standing_at(at)?;
        standing.campaign.map(|name| (lane, place, name, standing.notified))
    };
    let named = contact.lane.and_then(|lane| campaign_at(lane, contact.at));
    let order = story.order.as_ref().filter(|_| contact.names_order);
    let ordered = || order.and_then(|order| campaign_at(order.lane, order.started));
    let (lane, place, campaign, notified) = named.or_else(ordered)?;
    Some(PromotionTruth {
        promise_id: world.standing_id(lane, place),
        campaign: campaign.to_owned(),
        by_lane_and_time: named.is_some(),
        knew_first: notified.is_none_or(|notified| contact.at < notified),
    })
}

fn case(world: &World, story: &Story, as_of: Seconds) -> Option<CaseTruth> {
    let case = story.case.as_ref()?;
    let holds = holds(case, as_of);
    let requests = (0..).zip(&case.requests).filter(|(_, request)| request.asked <= as_of);
    let told = CaseTruth {
        case_id: world.case_id(story)?,
        elapsed_min: holds.iter().map(|hold| hold.minutes).sum(),
        requests: requests.map(|(n, request)| asked(world.event_id(story.number, "q", n), request, as_of)).collect(),
        holds,
    };
    case.steps.first().is_some_and(|step| step.at <= as_of).then_some(told)
}

/// From each step to the next the time is its holder's; a solution or an end stops the clock until it is reopened.
fn holds(case: &Case, as_of: Seconds) -> Vec<HoldTruth> {
    let happened = case.steps.iter().filter(|step| step.at <= as_of);
    let next = case.steps.iter().skip(1).map(|step| step.at).filter(|at| *at <= as_of);
    let until = next.map(Some).chain(std::iter::once(None));
    let running = happened.zip(until).filter(|(step, _)| !matches!(step.kind, CaseStep::Resolved | CaseStep::Closed));
    running
        .map(|(step, until)| {
            let to = until.unwrap_or(as_of);
            let minutes = minutes_between(step.at, to);
            let holder = step.holder.to_owned();
            HoldTruth { holder, from: timestamp(step.at), to: timestamp(to), minutes, open: until.is_none() }
        })
        .collect()
}

fn asked(request_id: String, request: &Request, as_of: Seconds) -> RequestTruth {
    let replied = request.replies.iter().find(|(at, by)| *by == request.to && *at <= as_of).map(|(at, _)| *at);
    RequestTruth {
        request_id,
        to_department: request.to.to_owned(),
        asked_at: timestamp(request.asked),
        due_at: timestamp(request.due()),
        replied_at: replied.map(timestamp),
        late_min: minutes_between(request.due(), replied.unwrap_or(as_of)),
        open: replied.is_none(),
    }
}

/// Entries of the promise ledger: one for each promise made, and one under the standing promise for a delivery that
/// has none of its own.
fn ledger(world: &World, story: &Story, as_of: Seconds) -> Vec<LedgerTruth> {
    let made = (0..).zip(&story.promises).filter(|(_, promise)| promise.made <= as_of);
    let mut entries: Vec<LedgerTruth> = made.map(|(place, p)| own_entry(world, story, place, p, as_of)).collect();
    if story.linked_promise().is_none() {
        entries.extend(standing_entry(world, story, as_of));
    }
    entries
}

fn own_entry(world: &World, story: &Story, place: usize, promise: &Promise, as_of: Seconds) -> LedgerTruth {
    let order = story.order.as_ref().filter(|order| order.reported && order.started <= as_of);
    let due = promise.due(story.order.as_ref().map(|order| order.started));
    let (callback, known) = (promise.is_callback(), order.is_some());
    let done = if callback { answered(story, promise, due) } else { order.map(|order| order.finished()) };
    let outcome = if callback || known { outcome(done, due, as_of) } else { Outcome::Unknown };
    let lane = story.order.as_ref().filter(|_| !callback).and_then(|order| world.centre.lane(order.lane));
    LedgerTruth {
        promise_id: world.promise_id(story, place),
        made_by_kind: promise.maker,
        owner_department: promise.owner.to_owned(),
        order_id: if callback { None } else { world.order_id(story) },
        case_id: if callback { world.case_id(story) } else { None },
        lane: lane.map(|lane| lane.name.clone()),
        outcome,
    }
}

/// When a callback was kept: the first follow-up or solution after it was promised and by its due time.
fn answered(story: &Story, promise: &Promise, due: Seconds) -> Option<Seconds> {
    let steps = story.case.iter().flat_map(|case| &case.steps);
    let kinds = [CaseStep::FollowUp, CaseStep::Resolved];
    steps.filter(|s| kinds.contains(&s.kind) && promise.made < s.at && s.at <= due).map(|s| s.at).min()
}

fn standing_entry(world: &World, story: &Story, as_of: Seconds) -> Option<LedgerTruth> {
    let order = story.order.as_ref().filter(|order| order.reported && order.started <= as_of)?;
    let lane = world.centre.lane(order.lane)?;
    let (place, standing) = lane.standing_at(order.started)?;
    let due = order.started + i64::from(standing.minutes) * MINUTE;
    Some(LedgerTruth {
        promise_id: world.standing_id(order.lane, place),
        made_by_kind: standing.maker,
        owner_department: standing.owner.to_owned(),
        order_id: world.order_id(story),
        case_id: None,
        lane: Some(lane.name.clone()),
        outcome: outcome(Some(order.finished()), due, as_of),
    })
}

fn outcome(done: Option<Seconds>, due: Seconds, as_of: Seconds) -> Outcome {
    match done.filter(|done| *done <= as_of) {
        Some(done) if done <= due => Outcome::Kept,
        Some(_) => Outcome::Broken,
        None if as_of > due => Outcome::Broken,
        None => Outcome::Open,
    }
}
