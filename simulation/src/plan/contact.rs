//! One contact and those that follow it: the call's measures, the customer who comes back, the case.

use std::sync::OnceLock;

use tingjian_schemas::{Kind, Stream};

use super::Desk;
use crate::{
    causes::{Cause, IVR_CONFUSING, LEAVES, REPEAT_CONTACT, second_weight},
    centre::{agent, skill_group},
    clock::{DAY, HOUR, MINUTE, Seconds},
    story::{Call, Clockwork, Contact, Story},
    text::Domain,
};

/// Of 1000 contacts of a complaint, those followed by another of the same customer about the same matter.
const COME_BACK: u32 = 250;
/// Most contacts about one matter.
const MOST_CONTACTS: u8 = 6;
/// Of 1000 complaints, those with a second cause.
const SECOND_CAUSE: u32 = 170;
/// Of 1000 complaints, those that insult somebody; five times as many at one agent.
const ABUSIVE: u32 = 16;

/// What a contact is to be about.
pub(super) struct Wish {
    pub(super) kind: Kind,
    pub(super) causes: Vec<Cause>,
    pub(super) domain: Domain,
    pub(super) clockwork: Clockwork,
}

impl Desk<'_> {
    /// A first contact that names neither order nor case.
    pub(super) fn contact(&mut self, at: Seconds, wish: Wish) -> Contact {
        let stream = self.stream(&wish);
        let agent = self.centre.any_agent(self.dice);
        let hard = if agent == agent::ABUSED { ABUSIVE * 5 } else { ABUSIVE };
        let call = (stream == Stream::CallNotes).then(|| self.call(&wish.causes));
        Contact {
            at,
            stream,
            kind: wish.kind,
            abuse: wish.kind == Kind::Complaint && self.dice.chance(hard),
            causes: wish.causes,
            domain: wish.domain,
            agent,
            names_order: false,
            names_case: false,
            lane: None,
            clockwork: wish.clockwork,
            call,
            before: 0,
            campaign: None,
            said: OnceLock::new(),
        }
    }

    fn stream(&mut self, wish: &Wish) -> Stream {
        let drawn = self.dice.below(100);
        let (complaints, calls) = match wish.kind {
            _ if wish.causes.first() == Some(&IVR_CONFUSING) => (25, 75),
            Kind::Complaint => (55, 45),
            Kind::Inquiry => (22, 78),
            Kind::Suggestion | Kind::Other => (50, 50),
            Kind::Commendation => (15, 25),
        };
        if drawn < complaints {
            Stream::Complaints
        } else if drawn < complaints + calls {
            Stream::CallNotes
        } else {
            Stream::Commendations
        }
    }

    /// What the call-intake system measured of a call about `causes`.
    pub(super) fn call(&mut self, causes: &[Cause]) -> Call {
        let confused = causes.contains(&IVR_CONFUSING) && self.dice.chance(800);
        let waits_long = causes.iter().any(|cause| cause.code() == "access.long_wait");
        let passed_on = causes.iter().any(|cause| cause.code() == "process.endless_transfer");
        let menus = self.centre.menus.iter().map(|menu| menu.weight);
        let menu = if confused { self.centre.bad_menu } else { self.dice.weighted(menus) as u8 };
        let clean = self.centre.menus.get(usize::from(menu)).map_or(1, |menu| menu.presses);
        let mut transfers = Vec::new();
        let hops = if passed_on { self.dice.between(2, 5) } else { i64::from(self.dice.chance(140)) };
        let mut from = self.dice.below(6) as u16;
        for _ in 0..=if hops == 0 { -1 } else { hops } {
            transfers.push(skill_group(from));
            from += 1 + self.dice.below(4) as u16;
        }
        let quick = self.dice.between(3, 120);
        let wait = if waits_long { self.dice.between(400, 2700) } else { quick };
        Call {
            wait_s: wait as u32,
            talk_s: self.dice.between(45, 720) as u32,
            presses: clean + self.dice.below(clean / 2 + 2),
            menu,
            transfers,
            repeated: if self.dice.chance(250) { self.dice.below(4) + 1 } else { 0 },
            resolved: self.dice.chance(620),
        }
    }

    /// The cause with, now and then, a second one that people mention in the same breath.
    pub(super) fn with_second(&mut self, cause: Cause) -> Vec<Cause> {
        let mut causes = vec![cause];
        if self.dice.chance(SECOND_CAUSE) {
            let second = Cause(self.dice.weighted(LEAVES.iter().map(|leaf| second_weight(leaf.code))) as u8);
            if second != cause {
                causes.push(second);
            }
        }
        causes
    }

    /// Adds a first contact, the ones that come back to it, what becomes of the case, and the rulings.
    pub(super) fn follow(&mut self, story: &mut Story, first: Contact) {
        let complains = first.kind == Kind::Complaint;
        let may_return = first.names_order || self.planner.options.scenario.orderless_chains;
        story.contacts.push(first);
        if complains && may_return {
            self.come_back(story);
        }
        if complains {
            self.open_case(story, may_return);
        }
        story.contacts.sort_by_key(|contact| contact.at);
        self.rulings(story);
    }

    fn come_back(&mut self, story: &mut Story) {
        while story.contacts.len() < usize::from(MOST_CONTACTS) && self.dice.chance(COME_BACK) {
            let gap = self.gap();
            let Some(last) = story.contacts.last() else { return };
            let (at, before, names_order, lane) = (last.at + gap, last.before + 1, last.names_order, last.lane);
            let mut causes = last.causes.clone();
            let (domain, clockwork, campaign) = (last.domain, last.clockwork, last.campaign);
            if causes.len() < 3 && !causes.contains(&REPEAT_CONTACT) {
                causes.push(REPEAT_CONTACT);
            }
            let mut next = self.contact(at, Wish { kind: Kind::Complaint, causes, domain, clockwork });
            (next.before, next.names_order, next.lane, next.campaign) = (before, names_order, lane, campaign);
            story.contacts.push(next);
        }
    }

    /// Time until a customer comes back: mostly within a day, now and then after the seven days that end a chain.
    fn gap(&mut self) -> i64 {
        match self.dice.below(100) {
            0..50 => self.dice.between(20 * MINUTE, 20 * HOUR),
            50..80 => self.dice.between(20 * HOUR, 3 * DAY),
            80..96 => self.dice.between(3 * DAY, 7 * DAY),
            _ => self.dice.between(7 * DAY + 1, 9 * DAY),
        }
    }
}
