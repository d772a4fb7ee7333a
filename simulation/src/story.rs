//! What one customer lives through: an order, contacts, a case, and what is said about them afterwards. A story is planned
//! whole; its acts are then played in the order of time, among those of all other stories.

use std::sync::OnceLock;

use tingjian_schemas::{CaseStep, Kind, PromiseMaker, Stream, Verdict};

use crate::{
    capability::Capability,
    causes::Cause,
    clock::{MINUTE, Seconds},
    text::{Domain, TextTruth},
};

/// One story.
#[derive(Debug, Default)]
pub(crate) struct Story {
    pub(crate) number: u64,
    pub(crate) customer: u64,
    pub(crate) order: Option<Order>,
    /// Promises of its own: for its order or its case.
    pub(crate) promises: Vec<Promise>,
    pub(crate) case: Option<Case>,
    /// In order of time.
    pub(crate) contacts: Vec<Contact>,
    pub(crate) rulings: Vec<Ruling>,
    /// Capability of the order's lane as of T; filled when that time comes.
    pub(crate) capability: OnceLock<Capability>,
}

/// An order and its delivery.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) lane: u16,
    pub(crate) started: Seconds,
    /// True duration, minutes.
    pub(crate) minutes: u32,
    /// Whether delivery events exist at all.
    pub(crate) reported: bool,
    /// Whether the delivery is also reported while open.
    pub(crate) reported_open: bool,
}

impl Order {
    pub(crate) fn finished(&self) -> Seconds {
        self.started + i64::from(self.minutes) * MINUTE
    }
}

/// A promise linked to the order or, a callback, to the case.
#[derive(Debug)]
pub(crate) struct Promise {
    pub(crate) maker: PromiseMaker,
    pub(crate) owner: &'static str,
    pub(crate) made: Seconds,
    /// Minutes from the delivery's start; for a callback, from `made`.
    pub(crate) minutes: u32,
    /// Whether the event says `due_at` rather than `promised_min`.
    pub(crate) as_due: bool,
    pub(crate) agent: Option<u16>,
}

impl Promise {
    pub(crate) fn is_callback(&self) -> bool {
        self.maker == PromiseMaker::Callback
    }

    /// When it is due, given when the delivery it is about began.
    pub(crate) fn due(&self, started: Option<Seconds>) -> Seconds {
        let from = if self.is_callback() { self.made } else { started.unwrap_or(self.made) };
        from + i64::from(self.minutes) * MINUTE
    }
}

/// A case: its steps and the departments asked.
#[derive(Debug, Default)]
pub(crate) struct Case {
    /// In order of time; times differ.
    pub(crate) steps: Vec<Step>,
    pub(crate) requests: Vec<Request>,
}

/// A step of a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) at: Seconds,
    pub(crate) kind: CaseStep,
    pub(crate) holder: &'static str,
}

/// A department asked.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) asked: Seconds,
    pub(crate) to: &'static str,
    /// Minutes allowed, where the request says so; else an hour.
    pub(crate) allowed: Option<u32>,
    /// Answers in order of time; only one of the asked department stops the clock.
    pub(crate) replies: Vec<(Seconds, &'static str)>,
}

impl Request {
    pub(crate) fn due(&self) -> Seconds {
        self.asked + i64::from(self.allowed.unwrap_or(60)) * MINUTE
    }
}

/// Where the durations of a contact's text come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clockwork {
    /// Made up as the phrase needs.
    Invented,
    /// The story's order: what was promised and how long it took by then.
    Order,
    /// The story's callback promise.
    Callback,
    /// The time since the case was opened.
    Case,
}

/// A contact of the customer, or a commendation filed for them.
#[derive(Debug)]
pub(crate) struct Contact {
    pub(crate) at: Seconds,
    pub(crate) stream: Stream,
    pub(crate) kind: Kind,
    /// Primary first.
    pub(crate) causes: Vec<Cause>,
    pub(crate) domain: Domain,
    /// Who took or wrote it; for a blamed promise, who is blamed.
    pub(crate) agent: u16,
    pub(crate) names_order: bool,
    pub(crate) names_case: bool,
    /// Lane named by the sender.
    pub(crate) lane: Option<u16>,
    pub(crate) abuse: bool,
    pub(crate) clockwork: Clockwork,
    pub(crate) call: Option<Call>,
    /// How many times the customer has been in touch before about this.
    pub(crate) before: u8,
    /// A campaign the customer asks about, as (lane, standing promise).
    pub(crate) campaign: Option<(u16, u8)>,
    /// What the text turned out to say; filled when it is written.
    pub(crate) said: OnceLock<Said>,
}

/// What a contact turned out to be.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) text: TextTruth,
    /// First contact of its chain, as story and number; none for commendations filed.
    pub(crate) chain: Option<(u64, u8)>,
}

/// What the call-intake system measured.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) wait_s: u32,
    pub(crate) talk_s: u32,
    pub(crate) presses: u32,
    pub(crate) menu: u8,
    /// Groups passed through, in order.
    pub(crate) transfers: Vec<&'static str>,
    pub(crate) repeated: u32,
    pub(crate) resolved: bool,
}

/// What is said about a contact afterwards; `contact` is its number in the story.
#[derive(Debug)]
pub(crate) enum Ruling {
    /// A verdict. `fair`: on the department the facts name, else on `scapegoat`.
    Judgement {
        at: Seconds,
        contact: u8,
        fair: bool,
        scapegoat: &'static str,
        judge: &'static str,
        /// The ruling (an appeal) it answers.
        appeal: Option<u8>,
        /// What was decided; filled when it is.
        given: OnceLock<(Verdict, &'static str)>,
    },
    /// The blamed department disputes the judgement numbered `of`.
    Appeal { at: Seconds, contact: u8, of: u8 },
    /// An analyst sets the label to what it truly is.
    Correction { at: Seconds, contact: u8, by: &'static str },
}

impl Ruling {
    pub(crate) fn at(&self) -> Seconds {
        match self {
            Self::Judgement { at, .. } | Self::Appeal { at, .. } | Self::Correction { at, .. } => *at,
        }
    }

    pub(crate) fn contact(&self) -> usize {
        match self {
            Self::Judgement { contact, .. } | Self::Appeal { contact, .. } | Self::Correction { contact, .. } => {
                usize::from(*contact)
            }
        }
    }
}

/// One act of a story; numbers index its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// The delivery ends (and is reported).
    Finish,
    /// Time T has come: the capability is read.
    Measure,
    /// The delivery begins (and may be reported open).
    Start,
    Promise(u8),
    Contact(u8),
    Step(u8),
    Request(u8),
    Reply(u8, u8),
    Ruling(u8),
    /// Nothing follows any more: the truth can be told.
    Close,
}

impl Act {
    /// Order among acts of one second: what is finished at T is finished as of T, what begins at T is not yet there.
    pub(crate) const fn rank(self) -> u8 {
        match self {
            Self::Finish => 0,
            Self::Measure => 1,
            Self::Close => 3,
            _ => 2,
        }
    }
}

impl Story {
    /// The promise that p comes from, if the order has one of its own: the earliest-made, not a callback, not made
    /// after the delivery finished. Ties cannot occur: times of promises of one order differ.
    pub(crate) fn linked_promise(&self) -> Option<(usize, &Promise)> {
        let order = self.order.as_ref()?;
        let counts = |p: &&Promise| !p.is_callback() && p.made <= order.finished();
        let earliest = self.promises.iter().filter(counts).min_by_key(|p| p.made)?;
        let place = self.promises.iter().position(|p| std::ptr::eq(p, earliest))?;
        Some((place, earliest))
    }

    /// The callback promised to the customer.
    pub(crate) fn callback(&self) -> Option<(usize, &Promise)> {
        self.promises.iter().enumerate().find(|(_, p)| p.is_callback())
    }

    /// Every act with its time, but not [`Act::Close`].
    pub(crate) fn acts(&self) -> Vec<(Seconds, Act)> {
        let mut acts = Vec::with_capacity(8);
        if let Some(order) = self.order.as_ref().filter(|order| order.reported) {
            acts.extend([(order.started, Act::Start), (order.finished(), Act::Finish)]);
            if self.contacts.iter().any(|contact| contact.names_order) {
                acts.push((self.linked_promise().map_or(order.started, |(_, p)| p.made), Act::Measure));
            }
        }
        acts.extend(self.promises.iter().zip(0..).map(|(p, n)| (p.made, Act::Promise(n))));
        acts.extend(self.contacts.iter().zip(0..).map(|(c, n)| (c.at, Act::Contact(n))));
        if let Some(case) = &self.case {
            acts.extend(case.steps.iter().zip(0..).map(|(s, n)| (s.at, Act::Step(n))));
            for (request, n) in case.requests.iter().zip(0..) {
                acts.push((request.asked, Act::Request(n)));
                acts.extend(request.replies.iter().zip(0..).map(|((at, _), m)| (*at, Act::Reply(n, m))));
            }
        }
        acts.extend(self.rulings.iter().zip(0..).map(|(r, n)| (r.at(), Act::Ruling(n))));
        acts
    }

    /// Whether time alone goes on changing its truth: a case never solved, a department that never answered.
    pub(crate) fn stays_open(&self) -> bool {
        self.case.as_ref().is_some_and(|case| {
            let solved = |step: &Step| matches!(step.kind, CaseStep::Resolved | CaseStep::Closed);
            let answered = |request: &Request| request.replies.iter().any(|(_, by)| *by == request.to);
            !case.steps.last().is_some_and(solved) || !case.requests.iter().all(answered)
        })
    }

    /// When everything about it is settled: the last act or the last due time.
    pub(crate) fn settled(&self, acts: &[(Seconds, Act)]) -> Seconds {
        let started = self.order.as_ref().map(|order| order.started);
        let acts = acts.iter().map(|(at, _)| *at);
        let due = self.promises.iter().map(|p| p.due(started));
        let asked = self.case.iter().flat_map(|case| case.requests.iter().map(Request::due));
        acts.chain(due).chain(asked).max().unwrap_or_default()
    }
}
