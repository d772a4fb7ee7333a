//! Stories about an order: what was promised, how long it took, and whether the customer complained.

use tingjian_schemas::{Kind, PromiseMaker, Stream};

use super::{Desk, contact::Wish};
use crate::{
    causes::{Cause, ETA_OVERPROMISE, LEAVES, LOST, PROMO_UNSYNCED, TRACKING_STALL, TRANSIT_DELAY, WAREHOUSE_LATE},
    centre::{Lane, agent},
    clock::{DAY, HOUR, MINUTE, Seconds},
    story::{Clockwork, Contact, Order, Promise, Story},
    text::Domain,
};

/// Of 1000 late orders, those complained about.
const LATE_COMPLAIN: u32 = 420;
/// Of 1000 orders in time, those complained about as slow all the same.
const KEPT_COMPLAIN_SLOW: u32 = 22;
/// Of 1000 orders in time, those complained about for another reason.
const KEPT_COMPLAIN_OTHER: u32 = 160;
/// Of 1000 parcels, those that get lost for weeks.
const LOST_PARCELS: u32 = 7;
/// Of 1000 deliveries, those reported open for no special reason.
const REPORTED_OPEN: u32 = 80;
/// Of 1000 late complaints, those whose delivery no system reports.
const UNREPORTED: u32 = 60;
/// Of 1000 orders on a campaign's lane while it runs, those whose customer asks about it.
const ASK_ABOUT_CAMPAIGN: u32 = 120;

/// What an order brings its customer to.
enum Grievance {
    None,
    Late,
    KeptButSlow,
    Lost,
    Other(Cause),
    Campaign(u8),
}

impl Desk<'_> {
    pub(super) fn ordered(&mut self, mut story: Story, placed: Seconds, lane_number: u16) -> Story {
        let Some(lane) = self.centre.lane(lane_number) else { return story };
        let wait = if lane.meal { self.dice.between(0, 4) } else { self.dice.between(5, 240) };
        let started = placed + wait * MINUTE;
        let lost = !lane.meal && self.dice.chance(LOST_PARCELS);
        let extra = if lost { self.dice.between(12 * 1440, 26 * 1440) as u32 } else { 0 };
        let minutes = lane.duration(self.dice) + extra;
        let finished = started + i64::from(minutes) * MINUTE;
        story.promises = self.promises(lane, placed, started);
        story.promises.retain(|promise| promise.made < finished);
        story.order = Some(Order { lane: lane_number, started, minutes, reported: true, reported_open: false });
        let promised = promised_minutes(&story, lane);
        let grievance = self.grievance(lane, started, minutes, promised, lost);
        self.complain(&mut story, lane, promised, grievance);
        let (dice, end) = (&mut *self.dice, self.end);
        if let Some(order) = &mut story.order {
            let early = story.contacts.first().is_some_and(|contact| contact.at < order.finished());
            order.reported_open = early || order.finished() >= end || dice.chance(REPORTED_OPEN);
        }
        story
    }

    /// Promises of the order's own: at the checkout, or by an agent on the telephone, sometimes another one later.
    fn promises(&mut self, lane: &Lane, placed: Seconds, started: Seconds) -> Vec<Promise> {
        let standing = lane.standing_at(placed);
        let rule = standing.map_or(if lane.meal { 45 } else { 4320 }, |(_, s)| s.minutes);
        let owner = standing.map_or("产品", |(_, s)| s.owner);
        let over = lane.plays("over_promised");
        let drawn = self.dice.below(1000);
        let by_agent = drawn < if over { 150 } else { 50 };
        if !by_agent && drawn >= 220 && standing.is_some() {
            return Vec::new();
        }
        let as_due = self.dice.chance(500);
        if !by_agent {
            let promise =
                Promise { maker: PromiseMaker::Page, owner, made: placed, minutes: rule, as_due, agent: None };
            return vec![promise];
        }
        let misquotes = self.dice.chance(if over { 350 } else { 500 });
        let shorter = if lane.meal { rule.div_ceil(2) } else { rule / 2 };
        let minutes = if misquotes { shorter } else { rule };
        let who = match (misquotes, self.dice.chance(700)) {
            (true, true) => agent::MISQUOTER,
            (false, true) => agent::QUOTER,
            _ => self.centre.any_agent(self.dice),
        };
        let made = placed.min(started);
        let by = PromiseMaker::Agent;
        let mut all = vec![Promise { maker: by, owner: "客服班组", made, minutes, as_due, agent: Some(who) }];
        if self.dice.chance(120) {
            // Said again to a customer already waiting: a ledger entry of its own, never the p of the delay.
            let made = started + i64::from(minutes / 2 + 1) * MINUTE;
            let who = self.centre.any_agent(self.dice);
            let minutes = minutes + minutes / 2;
            all.push(Promise { maker: by, owner: "客服班组", made, minutes, as_due: true, agent: Some(who) });
        }
        all
    }

    fn grievance(&mut self, lane: &Lane, started: Seconds, minutes: u32, promised: u32, lost: bool) -> Grievance {
        if let Some((place, _)) = lane.standing_at(started).filter(|(_, s)| s.campaign.is_some())
            && minutes <= promised
            && self.dice.chance(ASK_ABOUT_CAMPAIGN)
        {
            return Grievance::Campaign(place as u8);
        }
        if lost {
            return Grievance::Lost;
        }
        let scarce = if lane.per_week > 0 { 2 } else { 1 };
        if minutes > promised {
            return if self.dice.chance(LATE_COMPLAIN * scarce) { Grievance::Late } else { Grievance::None };
        }
        let drawn = self.dice.below(1000);
        if drawn < KEPT_COMPLAIN_SLOW * scarce {
            return Grievance::KeptButSlow;
        }
        if drawn < KEPT_COMPLAIN_OTHER {
            let planner = self.planner;
            let domain = domain(lane);
            let weight = |place: usize| {
                let cause = Cause(place as u8);
                let spoken = planner.domains.get(place).is_some_and(|domains| domains.contains(&domain));
                if spoken { planner.weight(cause, cause.leaf().ordered, started) } else { 0 }
            };
            return Grievance::Other(Cause(self.dice.weighted((0..LEAVES.len()).map(weight)) as u8));
        }
        Grievance::None
    }

    fn complain(&mut self, story: &mut Story, lane: &Lane, promised: u32, grievance: Grievance) {
        let Some(order) = &story.order else { return };
        let (started, finished) = (order.started, order.finished());
        let due = started + i64::from(promised) * MINUTE;
        let soon = if lane.meal { 3 * HOUR } else { DAY };
        let after = finished + self.dice.between(4 * MINUTE, soon);
        let while_open = due + self.dice.between(2 * MINUTE, (finished - due).clamp(3 * MINUTE, 6 * DAY));
        let (at, causes) = match grievance {
            Grievance::None => return,
            Grievance::Late => (if self.dice.chance(450) { while_open } else { after }, self.delay_causes(lane, true)),
            Grievance::KeptButSlow => (after, self.delay_causes(lane, false)),
            Grievance::Lost => {
                let days = self.dice.between(2, 9);
                let stalled = self.dice.chance(400);
                (due + days * DAY + self.dice.between(0, DAY), vec![if stalled { TRACKING_STALL } else { LOST }])
            }
            Grievance::Other(cause) => (after, self.with_second(cause)),
            Grievance::Campaign(_) => (started + self.dice.between(2 * MINUTE, 8 * HOUR), vec![PROMO_UNSYNCED]),
        };
        let asks = matches!(grievance, Grievance::Campaign(_)) && self.dice.chance(400);
        let delay = causes.first().is_some_and(|cause| cause.is_delay());
        let wish = Wish {
            kind: if asks { Kind::Inquiry } else { Kind::Complaint },
            causes: if asks { Vec::new() } else { causes },
            domain: domain(lane),
            clockwork: if delay { Clockwork::Order } else { Clockwork::Invented },
        };
        let mut first = self.contact(at, wish);
        self.name_order(story, &mut first, grievance);
        self.follow(story, first);
    }

    /// Sets what a contact about an order names.
    fn name_order(&mut self, story: &mut Story, first: &mut Contact, grievance: Grievance) {
        let linked = story.linked_promise().and_then(|(_, p)| p.agent);
        let Some(order) = &mut story.order else { return };
        first.names_order = true;
        first.lane = self.dice.chance(500).then_some(order.lane);
        first.agent = linked.unwrap_or(first.agent);
        match grievance {
            Grievance::Campaign(place) => {
                first.campaign = Some((order.lane, place));
                first.lane = Some(order.lane);
                first.stream = if self.dice.chance(600) { Stream::CallNotes } else { Stream::Complaints };
                if first.stream == Stream::CallNotes && first.call.is_none() {
                    first.call = Some(self.call(&[]));
                }
            }
            Grievance::Late if self.dice.chance(UNREPORTED) => {
                // No delivery event and no lane: nothing but the text says how late it was.
                order.reported = false;
                first.lane = None;
            }
            _ => {}
        }
        if first.stream != Stream::CallNotes {
            first.call = None;
        }
    }

    fn delay_causes(&mut self, lane: &Lane, late: bool) -> Vec<Cause> {
        let stage = if lane.department == "仓储" { WAREHOUSE_LATE } else { TRANSIT_DELAY };
        if late && self.dice.chance(620) { vec![ETA_OVERPROMISE, stage] } else { vec![stage] }
    }
}

/// p of the order: its own earliest promise, else the standing one of the lane at its start.
fn promised_minutes(story: &Story, lane: &Lane) -> u32 {
    let started = story.order.as_ref().map(|order| order.started).unwrap_or_default();
    let standing = || lane.standing_at(started).map(|(_, s)| s.minutes);
    story.linked_promise().map(|(_, p)| p.minutes).or_else(standing).unwrap_or(4320)
}

fn domain(lane: &Lane) -> Domain {
    if lane.meal { Domain::Meal } else { Domain::Shop }
}
