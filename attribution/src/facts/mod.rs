//! Everything sent, arranged by what it is asked for. Built once, then only read.

mod calls;
mod contact;
mod sorted;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use tingjian_schemas::{
    Appeal, CaseEvent, Correction, Delivery, DepartmentReply, DepartmentRequest, Fact, FactBody, Head, Judgement, Lane,
    LinkKey, NOBODY, Promise, PromiseMaker, Taxonomy,
};

pub use contact::{CallMeasures, Contact, NamedCause};

use crate::{
    cohorts::{Cohorts, Trip},
    inbox::Event,
    lane::covering,
    time::{after, minutes},
};

/// A fact of one kind: the common part and its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Noted<B> {
    /// Common part.
    pub head: Head,
    /// Own part.
    pub body: B,
}

/// A promise as sent.
pub type PromiseFact = Noted<Promise>;
/// A delivery as sent.
pub type DeliveryFact = Noted<Delivery>;
/// A case's step as sent.
pub type StepFact = Noted<CaseEvent>;
/// A department asked.
pub type RequestFact = Noted<DepartmentRequest>;
/// A department's answer.
pub type ReplyFact = Noted<DepartmentReply>;
/// A verdict as sent.
pub type JudgementFact = Noted<Judgement>;
/// An appeal as sent.
pub type AppealFact = Noted<Appeal>;
/// A correction as sent.
pub type CorrectionFact = Noted<Correction>;

/// What was said about one record afterwards; each list in order of time.
#[derive(Clone, Debug, Default)]
pub struct Rulings {
    /// Verdicts.
    pub judgements: Vec<JudgementFact>,
    /// Appeals.
    pub appeals: Vec<AppealFact>,
    /// Corrections.
    pub corrections: Vec<CorrectionFact>,
}

/// One case as sent; each list in order of time, equal times by id.
#[derive(Clone, Debug, Default)]
pub struct CaseFacts {
    /// Its steps.
    pub steps: Vec<StepFact>,
    /// Departments asked.
    pub requests: Vec<RequestFact>,
}

/// All events that count, arranged.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    contacts: BTreeMap<String, Contact>,
    calls: calls::Calls,
    promises: Vec<PromiseFact>,
    by_order: HashMap<LinkKey, Vec<usize>>,
    by_case: HashMap<LinkKey, Vec<usize>>,
    standing: HashMap<Lane, Vec<usize>>,
    deliveries: BTreeMap<LinkKey, Vec<DeliveryFact>>,
    cohorts: Cohorts,
    cases: BTreeMap<LinkKey, CaseFacts>,
    replies: HashMap<String, Vec<ReplyFact>>,
    rulings: HashMap<String, Rulings>,
    /// Per code: the leaf it counts for, and its owner.
    leaves: HashMap<String, (String, String)>,
}

impl Facts {
    /// Arranges events, of which each id is there once.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>, taxonomy: &Taxonomy) -> Self {
        let leaf = |code: &str| taxonomy.resolve(code).map(|leaf| (leaf.code.to_string(), leaf.owner.to_string()));
        let leaves = taxonomy.codes().filter_map(|code| Some((code.to_string(), leaf(code)?))).collect();
        let mut facts = Self { leaves, ..Self::default() };
        for event in events {
            match event {
                Event::Record(record) => {
                    facts.contacts.insert(record.head.event_id.clone(), Contact::of(record));
                }
                Event::Fact(fact) => facts.add(fact),
            }
        }
        facts.calls = calls::link(&mut facts.contacts);
        facts.arrange();
        let chosen = facts.deliveries.values().filter_map(|sent| sent.last());
        let trip = |sent: &DeliveryFact| Trip { started_at: sent.body.started_at, finished_at: sent.body.finished_at };
        facts.cohorts = Cohorts::of(chosen.filter_map(|sent| sent.head.lane.as_ref().map(|lane| (lane, trip(sent)))));
        facts
    }

    /// The same with capabilities from elsewhere: whoever holds only one order's facts has no lane's.
    pub fn with_cohorts(self, cohorts: Cohorts) -> Self {
        Self { cohorts, ..self }
    }

    fn add(&mut self, fact: &Fact) {
        let head = fact.head.clone();
        match fact.body.clone() {
            FactBody::Promise(body) => self.promises.push(Noted { head, body }),
            FactBody::Delivery(body) => {
                if let Some(order) = head.order_key {
                    self.deliveries.entry(order).or_default().push(Noted { head, body });
                }
            }
            FactBody::CaseEvent(body) => {
                if let Some(case) = head.case_key {
                    self.cases.entry(case).or_default().steps.push(Noted { head, body });
                }
            }
            FactBody::DepartmentRequest(body) => {
                if let Some(case) = head.case_key {
                    self.cases.entry(case).or_default().requests.push(Noted { head, body });
                }
            }
            FactBody::DepartmentReply(body) => {
                self.replies.entry(body.request_id.clone()).or_default().push(Noted { head, body });
            }
            FactBody::Judgement(body) => {
                self.rulings.entry(body.record_id.clone()).or_default().judgements.push(Noted { head, body });
            }
            FactBody::Appeal(body) => {
                self.rulings.entry(body.record_id.clone()).or_default().appeals.push(Noted { head, body });
            }
            FactBody::Correction(body) => {
                self.rulings.entry(body.record_id.clone()).or_default().corrections.push(Noted { head, body });
            }
        }
    }

    /// Sorts every list by time and id, so that nothing rests on the order in which events came.
    fn arrange(&mut self) {
        sorted::promises(&mut self.promises);
        for (number, promise) in self.promises.iter().enumerate() {
            let (order, case) = (promise.head.order_key, promise.head.case_key);
            if let Some(order) = order.filter(|_| !promise.is_callback()) {
                self.by_order.entry(order).or_default().push(number);
            }
            if let Some(case) = case.filter(|_| promise.is_callback()) {
                self.by_case.entry(case).or_default().push(number);
            }
            if let Some(lane) = promise.head.lane.as_ref().filter(|_| promise.is_standing()) {
                self.standing.entry(lane.clone()).or_default().push(number);
            }
        }
        self.deliveries.values_mut().for_each(|sent| sorted::deliveries(sent));
        for case in self.cases.values_mut() {
            sorted::by_time(&mut case.steps);
            sorted::requests(&mut case.requests);
        }
        self.replies.values_mut().for_each(|sent| sorted::by_time(sent));
        for rulings in self.rulings.values_mut() {
            sorted::by_time(&mut rulings.judgements);
            sorted::by_time(&mut rulings.appeals);
            sorted::by_time(&mut rulings.corrections);
        }
    }

    /// Every record in the order of its id.
    pub fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.contacts.values()
    }

    /// One record.
    pub fn contact(&self, record_id: &str) -> Option<&Contact> {
        self.contacts.get(record_id)
    }

    /// Records of one call, if there are several, in the order of their ids.
    pub fn records_of_call(&self, call_id: &str) -> &[String] {
        self.calls.get(call_id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every promise in the order in which they were made.
    pub fn promises(&self) -> impl Iterator<Item = &PromiseFact> {
        self.promises.iter()
    }

    /// Something is told of the order that has not happened by `as_of`: time alone will change what is said of it.
    pub fn awaits(&self, order: &LinkKey, as_of: Timestamp) -> bool {
        let later =
            |sent: &DeliveryFact| sent.body.started_at > as_of || sent.body.finished_at.is_some_and(|at| at > as_of);
        self.promises_of_order(order).any(|promise| promise.body.made_at > as_of)
            || self.deliveries_of_order(order).iter().any(later)
    }

    /// A callback of the case is dated later than `as_of`.
    pub fn awaits_callback(&self, case: &LinkKey, as_of: Timestamp) -> bool {
        self.callbacks_of_case(case).any(|promise| promise.body.made_at > as_of)
    }

    /// Promises linked to the order, no callbacks, the earliest-made first; equal times by id.
    pub fn promises_of_order(&self, order: &LinkKey) -> impl Iterator<Item = &PromiseFact> {
        self.numbered(self.by_order.get(order))
    }

    /// Callbacks of the case, the earliest-made first.
    pub fn callbacks_of_case(&self, case: &LinkKey) -> impl Iterator<Item = &PromiseFact> {
        self.numbered(self.by_case.get(case))
    }

    fn numbered(&self, numbers: Option<&Vec<usize>>) -> impl Iterator<Item = &PromiseFact> {
        numbers.into_iter().flatten().filter_map(|number| self.promises.get(*number))
    }

    /// Standing promises in force on the lane at `at`, the latest-made first; of equal times the smallest id first.
    pub fn standing(&self, lane: &Lane, at: Timestamp) -> Vec<&PromiseFact> {
        let lanes = covering(lane);
        let on_lane = lanes.iter().flat_map(|lane| self.numbered(self.standing.get(lane)));
        let mut found: Vec<&PromiseFact> = on_lane.filter(|promise| promise.in_force(at)).collect();
        found.sort_by(|a, b| (b.body.made_at, &a.body.promise_id).cmp(&(a.body.made_at, &b.body.promise_id)));
        found
    }

    /// The delivery of the order that counts: a finished one rather than an open one, then what was sent last.
    pub fn delivery(&self, order: &LinkKey) -> Option<&DeliveryFact> {
        self.deliveries.get(order)?.last()
    }

    /// Every delivery sent of the order, the one that counts last.
    pub fn deliveries_of_order(&self, order: &LinkKey) -> &[DeliveryFact] {
        self.deliveries.get(order).map(Vec::as_slice).unwrap_or_default()
    }

    /// Orders with a delivery, and the one that counts.
    pub fn deliveries(&self) -> impl Iterator<Item = (&LinkKey, &DeliveryFact)> {
        self.deliveries.iter().filter_map(|(order, sent)| Some((order, sent.last()?)))
    }

    /// What lanes can do.
    pub fn cohorts(&self) -> &Cohorts {
        &self.cohorts
    }

    /// One case.
    pub fn case(&self, case: &LinkKey) -> Option<&CaseFacts> {
        self.cases.get(case)
    }

    /// Every case in the order of its key.
    pub fn cases(&self) -> impl Iterator<Item = (&LinkKey, &CaseFacts)> {
        self.cases.iter()
    }

    /// Answers to a request in order of time.
    pub fn replies(&self, request_id: &str) -> &[ReplyFact] {
        self.replies.get(request_id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every answer's request id.
    pub(crate) fn answered_requests(&self) -> impl Iterator<Item = (&String, &Vec<ReplyFact>)> {
        self.replies.iter()
    }

    /// What was said about a record afterwards.
    pub fn rulings(&self, record_id: &str) -> Option<&Rulings> {
        self.rulings.get(record_id)
    }

    /// The taxonomy's owner of a cause.
    pub fn owner(&self, code: &str) -> &str {
        self.leaves.get(code).map_or(NOBODY, |(_, owner)| owner.as_str())
    }

    /// The leaf that a code counts for, where it was moved; else the code itself.
    pub fn leaf<'c>(&'c self, code: &'c str) -> &'c str {
        self.leaves.get(code).map_or(code, |(leaf, _)| leaf.as_str())
    }
}

impl Noted<Promise> {
    /// Someone was to call back.
    pub fn is_callback(&self) -> bool {
        self.body.made_by_kind == PromiseMaker::Callback
    }

    /// Stands for a lane rather than for one order or case.
    pub fn is_standing(&self) -> bool {
        self.head.order_key.is_none() && self.head.case_key.is_none()
    }

    /// Made by then, and its end (exclusive) not reached.
    pub fn in_force(&self, at: Timestamp) -> bool {
        self.body.made_at <= at && self.body.valid_until.is_none_or(|until| at < until)
    }

    /// Minutes it promises, counted from a delivery's start.
    pub fn minutes_from(&self, started_at: Timestamp) -> i64 {
        match (self.body.promised_min, self.body.due_at) {
            (_, Some(due_at)) => minutes(started_at, due_at),
            (Some(promised), None) => i64::from(promised),
            // Decoding refuses a promise of no time.
            (None, None) => 0,
        }
    }

    /// When it is due if its minutes count from `from`.
    pub fn due_from(&self, from: Timestamp) -> Timestamp {
        self.body.due_at.unwrap_or_else(|| after(from, self.minutes_from(from)))
    }
}
