//! Who held a case how long, and how long departments took to answer.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::{CaseStep, LinkKey};

use crate::{
    Facts,
    facts::{CaseFacts, RequestFact, StepFact},
    time::{after, minutes},
};

/// Holder of the time a case waits for the customer.
pub const CUSTOMER: &str = "customer";
/// Minutes a department has where the request does not say.
const USUAL_LIMIT_MIN: i64 = 60;

/// An interval of a case, from one of its events to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Hold {
    pub holder: String,
    pub from: Timestamp,
    pub to: Timestamp,
    pub minutes: i64,
    /// Goes on.
    pub open: bool,
}

/// A case's time, split among its holders; the parts sum to the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// In order of time.
    pub holds: Vec<Hold>,
    /// Minutes the clock ran.
    pub elapsed_min: i64,
    /// The clock runs.
    pub open: bool,
    /// How often it was opened again.
    pub reopened: u32,
    /// How often the customer was called back.
    pub follow_ups: u32,
}

/// The time line of a case as of a time.
pub fn timeline(case: &CaseFacts, as_of: Timestamp) -> Timeline {
    let steps: Vec<&StepFact> = case.steps.iter().filter(|step| step.head.occurred_at <= as_of).collect();
    let counted = |kind: CaseStep| steps.iter().filter(|step| step.body.kind == kind).count() as u32;
    let mut line = Timeline {
        reopened: counted(CaseStep::Reopened),
        follow_ups: counted(CaseStep::FollowUp),
        ..Timeline::default()
    };
    let (mut runs, mut ran_ms) = (true, 0);
    for (number, step) in steps.iter().enumerate() {
        runs = match step.body.kind {
            CaseStep::Resolved | CaseStep::Closed => false,
            CaseStep::Reopened => true,
            _ => runs,
        };
        if !runs {
            continue;
        }
        let next = steps.get(number + 1).map(|next| next.head.occurred_at);
        let (from, to) = (step.head.occurred_at, next.unwrap_or(as_of));
        // Minutes are those of the clock of the whole case, so that the parts sum to it whatever the seconds.
        let before = ran_ms / 60_000;
        ran_ms += to.as_millisecond() - from.as_millisecond();
        let waits = step.body.kind == CaseStep::WaitingCustomer;
        let holder = if waits { CUSTOMER.to_owned() } else { step.body.holder.clone() };
        line.holds.push(Hold { holder, from, to, minutes: ran_ms / 60_000 - before, open: next.is_none() });
    }
    line.elapsed_min = ran_ms / 60_000;
    line.open = line.holds.last().is_some_and(|hold| hold.open);
    line
}

/// A department asked, and how late it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Ask {
    pub event_id: String,
    pub request_id: String,
    pub to_department: String,
    pub node: Option<String>,
    pub asked_at: Timestamp,
    pub due_at: Timestamp,
    /// First answer of the department asked.
    pub replied_at: Option<Timestamp>,
    /// Whole minutes past the due time; while open, so far.
    pub late_min: i64,
    pub open: bool,
    /// Departments that answered instead; their answers stop no clock.
    pub answered_by_others: Vec<String>,
}

/// The departments asked about a case, in order of time.
pub fn asked(facts: &Facts, case: &LinkKey, as_of: Timestamp) -> Vec<Ask> {
    let requests = facts.case(case).map(|case| case.requests.as_slice()).unwrap_or_default();
    requests.iter().filter(|r| r.head.occurred_at <= as_of).map(|request| ask(facts, request, as_of)).collect()
}

fn ask(facts: &Facts, request: &RequestFact, as_of: Timestamp) -> Ask {
    let asked_at = request.head.occurred_at;
    let to = &request.body.to_department;
    let due_at = request.body.due_at.unwrap_or_else(|| after(asked_at, USUAL_LIMIT_MIN));
    let replies = facts.replies(&request.body.request_id).iter().filter(|reply| reply.head.occurred_at <= as_of);
    let (own, others): (Vec<_>, Vec<_>) = replies.partition(|reply| reply.head.department.as_ref() == Some(to));
    let replied_at = own.first().map(|reply| reply.head.occurred_at);
    Ask {
        event_id: request.head.event_id.clone(),
        request_id: request.body.request_id.clone(),
        to_department: to.clone(),
        node: request.body.node.clone(),
        asked_at,
        due_at,
        replied_at,
        late_min: minutes(due_at, replied_at.unwrap_or(as_of)).max(0),
        open: replied_at.is_none(),
        answered_by_others: others.into_iter().filter_map(|reply| reply.head.department.clone()).collect(),
    }
}

/// What departments were asked, summed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Asked {
    pub asked: u64,
    pub late: u64,
    pub late_min: u64,
    pub open: u64,
    pub overdue: u64,
}

impl Asked {
    /// Counts one more.
    pub fn add(&mut self, ask: &Ask) {
        self.asked += 1;
        self.late += u64::from(ask.late_min > 0);
        self.late_min += ask.late_min.max(0) as u64;
        self.open += u64::from(ask.open);
        self.overdue += u64::from(ask.open && ask.late_min > 0);
    }
}
