//! A small world of one order, one case and one lane: events by minutes from an instant, and what is told of them in a line.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tingjian_attribution::{
    Attribution, Event, Facts, Inbox, asked, attribute, chains, contradictions, ledger, timeline,
};
use tingjian_schemas::Stream;

use super::{Said, TAXONOMY, key, sealed};

/// A day in minutes.
pub const DAY: i64 = 1440;

/// So many minutes after the world's beginning.
pub fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-10-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

/// One event of the small world.
#[derive(Clone, Debug)]
pub struct Sent {
    stream: Stream,
    json: Value,
    said: Said,
}

impl Sent {
    /// Sets a field.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.json[field] = value.into();
        self
    }

    /// Its stream and its bytes.
    pub fn bytes(&self) -> (Stream, String) {
        (self.stream, self.json.to_string())
    }

    /// Drops a field.
    pub fn without(mut self, field: &str) -> Self {
        self.json.as_object_mut().unwrap().remove(field);
        self
    }

    /// Sets what the text is read as.
    pub fn said(mut self, promised: Option<u32>, actual: Option<u32>) -> Self {
        self.said =
            Said { promised_min: promised, actual_min: actual, actual_open: actual.map(|_| false), ..self.said };
        self
    }

    /// As the flow would store it.
    pub fn event(&self) -> Event {
        sealed(self.stream, &self.json.to_string(), &self.said)
    }
}

fn sent(stream: Stream, id: &str, minutes: i64, own: Value) -> Sent {
    let mut json = own;
    json["event_id"] = id.into();
    json["occurred_at"] = at(minutes).to_string().into();
    Sent { stream, json, said: Said::default() }
}

pub fn lane() -> Value {
    json!({"origin": "沪", "destination": "蓉", "carrier": "云雀", "service": "次日达"})
}

/// A promise for order O, by the minute at which it was made.
pub fn promise(id: &str, kind: &str, owner: &str, made: i64, minutes: i64) -> Sent {
    let own = json!({"promise_id": id, "made_by_kind": kind, "owner_department": owner, "made_at": at(made).to_string(),
        "promised_min": minutes, "order_id": "O", "lane": lane()});
    sent(Stream::Promises, id, made, own)
}

/// A promise of agent 8001 for order O.
pub fn agent(id: &str, made: i64, minutes: i64) -> Sent {
    promise(id, "agent", "客服班组", made, minutes).with("agent_no", "8001")
}

/// A standing promise for the lane.
pub fn standing(id: &str, kind: &str, owner: &str, made: i64, minutes: i64) -> Sent {
    promise(id, kind, owner, made, minutes).without("order_id")
}

/// A callback for case C by agent 8001.
pub fn callback(id: &str, made: i64, due: i64) -> Sent {
    let own = json!({"promise_id": id, "made_by_kind": "callback", "owner_department": "客服班组",
        "made_at": at(made).to_string(), "due_at": at(due).to_string(), "case_id": "C", "agent_no": "8001"});
    sent(Stream::Promises, id, made, own)
}

/// The delivery of order O on the lane by 物流.
pub fn delivery(started: i64, finished: Option<i64>) -> Sent {
    delivery_of("D", "O", started, finished)
}

/// A delivery of another order.
pub fn delivery_of(id: &str, order: &str, started: i64, finished: Option<i64>) -> Sent {
    let mut own =
        json!({"order_id": order, "lane": lane(), "department": "物流", "started_at": at(started).to_string()});
    if let Some(finished) = finished {
        own["finished_at"] = at(finished).to_string().into();
    }
    sent(Stream::Deliveries, id, finished.unwrap_or(started), own)
}

/// Deliveries of other orders on the lane, all begun at `started`, each so many minutes long.
pub fn history(count: usize, started: i64, minutes: i64) -> Vec<Sent> {
    (0..count)
        .map(|n| {
            delivery_of(
                &format!("h{started}-{minutes}-{n}"),
                &format!("H{started}-{minutes}-{n}"),
                started,
                Some(started + minutes),
            )
        })
        .collect()
}

/// Open deliveries of other orders.
pub fn open_history(count: usize, started: i64) -> Vec<Sent> {
    (0..count).map(|n| delivery_of(&format!("q{started}-{n}"), &format!("Q{started}-{n}"), started, None)).collect()
}

/// A complaint about order O.
pub fn complaint(id: &str, minutes: i64, causes: &[&str]) -> Sent {
    let own = json!({"text": "太慢了", "order_id": "O", "customer": {"account": "u1"}});
    let said = Said { causes: causes.iter().map(|code| (*code).to_owned()).collect(), ..Said::default() };
    Sent { said, ..sent(Stream::Complaints, id, minutes, own) }
}

/// A call note of customer u1.
pub fn call(id: &str, minutes: i64, call: &str) -> Sent {
    let own =
        json!({"text": "来电", "call_id": call, "customer": {"account": "u1"}, "queue_wait_s": 60, "talk_s": 120});
    sent(Stream::CallNotes, id, minutes, own)
}

pub fn step(id: &str, minutes: i64, kind: &str, holder: &str) -> Sent {
    sent(Stream::CaseEvents, id, minutes, json!({"case_id": "C", "kind": kind, "holder": holder}))
}

pub fn request(id: &str, minutes: i64, to: &str) -> Sent {
    sent(Stream::DepartmentRequests, id, minutes, json!({"case_id": "C", "request_id": id, "to_department": to}))
}

pub fn reply(id: &str, request: &str, minutes: i64, by: &str) -> Sent {
    sent(Stream::DepartmentReplies, id, minutes, json!({"request_id": request, "department": by}))
}

pub fn judgement(id: &str, minutes: i64, verdict: &str, department: &str) -> Sent {
    let own =
        json!({"record_id": "R", "verdict": verdict, "department": department, "judge": "王芳", "reason": "查过"});
    sent(Stream::Judgements, id, minutes, own)
}

pub fn appeal(id: &str, minutes: i64, department: &str) -> Sent {
    let own =
        json!({"appeal_id": id, "record_id": "R", "department": department, "filed_by": "主管", "reason": "不服"});
    sent(Stream::Appeals, id, minutes, own)
}

pub fn correction(id: &str, minutes: i64, causes: &[&str]) -> Sent {
    sent(Stream::Corrections, id, minutes, json!({"record_id": "R", "by": "李强", "causes": causes}))
}

/// The facts of these events.
pub fn facts(sent: &[Sent]) -> Facts {
    let mut inbox = Inbox::default();
    for (arrival, event) in (0..).zip(sent) {
        inbox.take(arrival, event.event());
    }
    Facts::of(inbox.events(), &TAXONOMY)
}

/// Terms, shares and verdict of record R.
pub fn told(facts: &Facts, as_of: Timestamp) -> String {
    line(&attribute(facts, facts.contact("R").unwrap(), as_of))
}

pub fn line(told: &Attribution) -> String {
    let mut parts = Vec::new();
    if let Some(terms) = told.known.decomposition {
        let known = |minutes: Option<i64>| minutes.map_or("?".to_owned(), |minutes| minutes.to_string());
        let (over, run) = (known(terms.overpromise_min), known(terms.overrun_min));
        let open = if told.known.delivery.as_ref().is_some_and(|d| d.open) { " open" } else { "" };
        parts.push(format!("late {}={over}+{run}{open}", terms.late_min));
    }
    if let Some(level) = told.known.capability.and_then(|c| c.level).filter(|level| level.name() != "lane") {
        parts.push(level.name().to_owned());
    }
    for share in &told.layer.responsible {
        let minutes = share.minutes.map(|minutes| format!(" {minutes}")).unwrap_or_default();
        let leaf = share.cause.split('.').next_back().unwrap();
        parts.push(format!("{}/{leaf}{minutes} ({})", share.department, share.reason.name()));
    }
    parts.push(format!("{}, {}", told.layer.basis.name(), told.layer.verdict.name()));
    parts.extend(
        told.known.exonerated.iter().map(|e| format!("{} cleared by {} to {}", e.agent_no, e.rule, e.moved_to)),
    );
    parts.extend(told.known.misquoted_by.iter().map(|agent| format!("{agent} misquoted")));
    parts.join("; ")
}

/// Every entry of the ledger that is not of the lane's history.
pub fn entries(facts: &Facts, as_of: Timestamp) -> String {
    let told: Vec<String> = ledger(facts, as_of)
        .into_iter()
        .filter(|entry| entry.order.is_none_or(|order| order == key("order", "O")))
        .map(|entry| format!("{} {}", entry.promise_id, entry.outcome.name()))
        .collect();
    told.join(", ")
}

/// The holds of case C.
pub fn holds(facts: &Facts, as_of: Timestamp) -> String {
    let line = timeline(facts.case(&key("case", "C")).unwrap(), as_of);
    let mut parts: Vec<String> = line
        .holds
        .iter()
        .map(|hold| format!("{} {}{}", hold.holder, hold.minutes, if hold.open { " open" } else { "" }))
        .collect();
    assert_eq!(line.holds.iter().map(|hold| hold.minutes).sum::<i64>(), line.elapsed_min);
    parts.push(format!("= {}", line.elapsed_min));
    parts.join(", ")
}

/// The requests of case C.
pub fn asks(facts: &Facts, as_of: Timestamp) -> String {
    let told: Vec<String> = asked(facts, &key("case", "C"), as_of)
        .into_iter()
        .map(|ask| {
            let (open, others) = (if ask.open { " open" } else { "" }, ask.answered_by_others.join("+"));
            format!(
                "{} {}{open}{}",
                ask.to_department,
                ask.late_min,
                if others.is_empty() { others } else { format!(" not {others}") }
            )
        })
        .collect();
    told.join(", ")
}

/// Chains by their contacts.
pub fn linked(facts: &Facts, as_of: Timestamp) -> String {
    let told: Vec<String> = chains(facts, as_of)
        .into_iter()
        .map(|chain| chain.contacts.iter().map(|contact| contact.record_id.clone()).collect::<Vec<_>>().join("-"))
        .collect();
    told.join(" ")
}

/// What contradicts itself.
pub fn wrong(facts: &Facts, _: Timestamp) -> String {
    let told: Vec<String> =
        contradictions(facts).into_iter().map(|found| format!("{} {}", found.kind, found.events.join("+"))).collect();
    told.join(", ")
}
