//! Counts over a whole run, and what was planted in it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tingjian_schemas::Stream;

use crate::{
    capability::{Capabilities, Capability},
    centre::{LaneName, agent, agent_no},
    chains::{self, Fcr, Linked},
    clock::Seconds,
    options::Options,
    plan,
    truth::{Basis, Outcome, RecordTruth, Truth},
    world::{World, timestamp},
};

/// The whole run in figures, as of its newest event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Time of the newest event.
    pub as_of: Timestamp,
    /// Events by stream.
    pub events: BTreeMap<String, u64>,
    /// Text records by kind.
    pub kinds: BTreeMap<String, u64>,
    /// Text records by primary cause.
    pub primary_causes: BTreeMap<String, u64>,
    /// Text records by cause, whatever its place.
    pub causes: BTreeMap<String, u64>,
    /// Records by the department responsible after all.
    pub departments: BTreeMap<String, u64>,
    /// Complaints by what their attribution rests on, before judgements.
    pub basis: BTreeMap<Basis, u64>,
    /// Records exonerating an agent, by agent.
    pub exonerated: BTreeMap<String, u64>,
    /// Records that insult somebody, by agent.
    pub abuse: BTreeMap<String, u64>,
    /// Text records by agent.
    pub contacts_by_agent: BTreeMap<String, u64>,
    /// Promise ledger by who made the promise.
    pub ledger: BTreeMap<String, BTreeMap<Outcome, u64>>,
    /// First-contact resolution within 24, 48, 72 and 168 hours.
    pub fcr: [Fcr; 4],
    /// Requests by department: how many, how many late, minutes late.
    pub requests: BTreeMap<String, Requests>,
    /// Judgements by judge: given, appealed and decided, overturned.
    pub judges: BTreeMap<String, Judged>,
    /// Campaigns by promise id.
    pub promotions: BTreeMap<String, Promotion>,
    /// Lanes at the end of the run.
    pub lanes: Vec<LaneSummary>,
    /// What was planted.
    pub planted: Planted,
}

/// How a department answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Requests {
    pub asked: u64,
    pub late: u64,
    pub late_min: u64,
    pub open: u64,
}

/// What became of a judge's judgements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Judged {
    pub given: u64,
    pub overturned: u64,
}

/// Who knew of a campaign first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Promotion {
    /// Records linked by lane and time.
    pub records: u64,
    /// Those of them from before the agents were told.
    pub knew_first: u64,
    /// Records linked only by their order.
    pub by_order_only: u64,
}

/// A lane as of the newest event, over deliveries started in the 28 days before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LaneSummary {
    pub lane: LaneName,
    pub role: Option<String>,
    pub promised_min: Option<u32>,
    pub deliveries: u32,
    pub finished: u32,
    pub capability: Capability,
    /// P(duration ≤ promise) by Kaplan–Meier.
    pub kept_at_promise: Option<f64>,
    /// The smallest promise kept 95 % of the time.
    pub suggested_min: Option<u32>,
}

/// Names of what is planted, to be found again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Planted {
    pub quoting_agent: String,
    pub misquoting_agent: String,
    pub rude_agent: String,
    pub praised_agent: String,
    pub overloaded_agent: String,
    pub abused_agent: String,
    pub late_department: String,
    pub unfair_judge: String,
    pub confusing_menu: Vec<String>,
    pub over_promise_wave_from: Option<Timestamp>,
    pub rise: Option<String>,
    pub rise_from: Option<Timestamp>,
}

fn bump<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K) {
    *counts.entry(key).or_default() += 1;
}

impl Summary {
    pub(crate) fn new(options: &Options, world: &World) -> Self {
        let start = options.start.as_second();
        let week = |week: u32| timestamp(start + i64::from(week) * crate::clock::WEEK);
        let menu = world.centre.menus.get(usize::from(world.centre.bad_menu));
        let planted = Planted {
            quoting_agent: agent_no(agent::QUOTER),
            misquoting_agent: agent_no(agent::MISQUOTER),
            rude_agent: agent_no(agent::RUDE),
            praised_agent: agent_no(agent::STAR),
            overloaded_agent: agent_no(agent::OVERLOADED),
            abused_agent: agent_no(agent::ABUSED),
            late_department: plan::LATE_DEPARTMENT.to_owned(),
            unfair_judge: plan::UNFAIR_JUDGE.to_owned(),
            confusing_menu: menu.map(|menu| menu.path.clone()).unwrap_or_default(),
            over_promise_wave_from: options.scenario.over_promise_wave.map(week),
            rise: options.scenario.rise.as_ref().map(|rise| rise.cause.clone()),
            rise_from: options.scenario.rise.as_ref().map(|rise| week(rise.week)),
        };
        Self { as_of: options.start, planted, ..Self::default() }
    }

    pub(crate) fn event(&mut self, stream: Stream, at: Seconds) {
        // Names are few: no allocation after the first of each.
        match self.events.get_mut(stream.name()) {
            Some(count) => *count += 1,
            None => bump(&mut self.events, stream.name().to_owned()),
        }
        self.as_of = timestamp(at);
    }

    pub(crate) fn contact(&mut self, contact: &Linked, as_of: Seconds) {
        chains::count(&mut self.fcr, contact, as_of);
    }

    pub(crate) fn truth(&mut self, line: &Truth) {
        match line {
            Truth::Record(record) => self.record(record),
            Truth::Ledger(entry) => {
                bump(self.ledger.entry(maker_name(entry.made_by_kind)).or_default(), entry.outcome);
            }
            Truth::Case(case) => {
                for request in &case.requests {
                    let of = self.requests.entry(request.to_department.clone()).or_default();
                    of.asked += 1;
                    of.late += u64::from(request.late_min > 0);
                    of.late_min += u64::from(request.late_min);
                    of.open += u64::from(request.open);
                }
            }
            Truth::Contact(_) => {}
        }
    }

    fn record(&mut self, record: &RecordTruth) {
        bump(&mut self.kinds, record.kind.name().to_owned());
        if let Some(first) = record.causes.first() {
            bump(&mut self.primary_causes, first.clone());
            bump(&mut self.basis, record.basis);
        }
        for cause in &record.causes {
            bump(&mut self.causes, cause.clone());
        }
        if let Some(department) = &record.department {
            bump(&mut self.departments, department.clone());
        }
        if let Some(agent) = &record.agent_no {
            bump(&mut self.contacts_by_agent, agent.clone());
            if record.abuse {
                bump(&mut self.abuse, agent.clone());
            }
        }
        if let Some(exonerated) = &record.exonerated {
            bump(&mut self.exonerated, exonerated.agent_no.clone());
        }
        self.judgements(record);
        if let Some(promotion) = &record.promotion {
            let of = self.promotions.entry(promotion.promise_id.clone()).or_default();
            if promotion.by_lane_and_time {
                of.records += 1;
                of.knew_first += u64::from(promotion.knew_first);
            } else {
                of.by_order_only += 1;
            }
        }
    }

    fn judgements(&mut self, record: &RecordTruth) {
        let mut before: Option<&str> = None;
        for judgement in &record.judgements {
            self.judges.entry(judgement.judge.clone()).or_default().given += 1;
            if let Some(judge) = before.filter(|_| judgement.overturns) {
                self.judges.entry(judge.to_owned()).or_default().overturned += 1;
            }
            before = Some(&judgement.judge);
        }
    }

    /// Looks at the lanes once everything has happened.
    pub(crate) fn close(&mut self, world: &World, capabilities: &mut Capabilities, as_of: Seconds) {
        for (number, lane) in (0..).zip(&world.centre.lanes) {
            let promised_min = lane.standing_at(as_of).map(|(_, standing)| standing.minutes);
            let capability = capabilities.at(number, as_of);
            let Some(own) = capabilities.own(number) else { continue };
            let (deliveries, finished) = own.counts(as_of);
            self.lanes.push(LaneSummary {
                lane: lane.name.clone(),
                role: lane.role.clone(),
                promised_min,
                deliveries,
                finished,
                capability,
                kept_at_promise: promised_min.map(|promise| own.share_within(as_of, promise)),
                suggested_min: own.quantile(as_of, 0.95),
            });
        }
    }
}

fn maker_name(maker: tingjian_schemas::PromiseMaker) -> String {
    use tingjian_schemas::PromiseMaker::{Advert, Agent, Callback, InternalStandard, Page};
    match maker {
        Advert => "advert",
        Page => "page",
        InternalStandard => "internal_standard",
        Agent => "agent",
        Callback => "callback",
    }
    .to_owned()
}
