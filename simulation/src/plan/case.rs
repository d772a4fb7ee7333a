//! Cases: the time line, the departments asked, the callback promised, and the contacts these lead to.

use tingjian_schemas::{CaseStep, Kind, PromiseMaker, Stream};

use super::{Desk, contact::Wish};
use crate::{
    causes::{CALLBACK_MISSED, Cause, DEPT_SLOW},
    clock::{DAY, HOUR, MINUTE, Seconds, to_minute},
    story::{Case, Clockwork, Promise, Request, Step, Story},
};

/// Of 1000 complained matters, those that become a case.
const BECOME_CASES: u32 = 190;
/// Of 1000 cases, those with a callback promised.
const CALLBACKS: u32 = 330;
/// Of 1000 callbacks promised, those kept.
const CALLBACKS_KEPT: u32 = 700;
/// Of 1000 missed callbacks, those complained about.
const MISSED_COMPLAIN: u32 = 600;
/// Of 1000 departments that answer late, those complained about.
const SLOW_COMPLAIN: u32 = 450;
/// The department that answers late.
pub(crate) const LATE_DEPARTMENT: &str = "仓储";
/// Who takes every case first.
const FIRST_HOLDER: &str = "客服班组";
/// Who departments are, where the cause's owner is only a role.
const HANDLERS: [&str; 5] = [LATE_DEPARTMENT, "物流", "售后", "维修", "财务"];

impl Desk<'_> {
    /// Opens a case for the story's first contact, now and then.
    pub(super) fn open_case(&mut self, story: &mut Story, may_return: bool) {
        let Some(first) = story.contacts.first() else { return };
        if !self.dice.chance(BECOME_CASES) {
            return;
        }
        let (domain, names_order, lane) = (first.domain, first.names_order, first.lane);
        let opened = to_minute(first.at) + self.dice.between(1, 12) * MINUTE;
        let handler = self.handler(first.causes.first().copied());
        let request = self.request(opened, handler);
        let callback = self.dice.chance(CALLBACKS).then(|| self.callback(opened, handler, first.agent));
        let kept = self.dice.chance(CALLBACKS_KEPT);
        let steps = self.steps(opened, handler, request.as_ref(), callback.as_ref().map(|p| (p, kept)));
        for contact in &mut story.contacts {
            contact.names_case = contact.at > opened || self.dice.chance(300);
        }
        let mut later: Vec<(Seconds, Cause, Clockwork)> = Vec::new();
        if let Some(promise) = callback {
            if !kept && may_return && self.dice.chance(MISSED_COMPLAIN) {
                let at = promise.due(None) + self.dice.between(20 * MINUTE, 12 * HOUR);
                later.push((at, CALLBACK_MISSED, Clockwork::Callback));
            }
            story.promises.push(promise);
        }
        if let Some(request) = &request {
            let late = request.replies.first().is_none_or(|(at, _)| *at > request.due() + 30 * MINUTE);
            if late && may_return && later.is_empty() && self.dice.chance(SLOW_COMPLAIN) {
                let at = request.due() + self.dice.between(40 * MINUTE, 9 * HOUR);
                later.push((at, DEPT_SLOW, Clockwork::Case));
            }
        }
        for (at, cause, clockwork) in later {
            let mut next = self.contact(at, Wish { kind: Kind::Complaint, causes: vec![cause], domain, clockwork });
            (next.names_case, next.names_order, next.lane) = (true, names_order, lane);
            next.before = 1;
            story.contacts.push(next);
        }
        story.case = Some(Case { steps, requests: request.into_iter().collect() });
        self.claim_call(story);
    }

    /// Every call note has a call, and nothing else has.
    fn claim_call(&mut self, story: &mut Story) {
        for contact in &mut story.contacts {
            if contact.stream != Stream::CallNotes {
                contact.call = None;
            }
        }
    }

    fn handler(&mut self, cause: Option<Cause>) -> &'static str {
        let owner = cause.map_or(FIRST_HOLDER, |cause| cause.leaf().owner);
        let role = matches!(owner, "承办部门" | "承诺制定方" | "无");
        if role || self.dice.chance(250) { self.dice.pick_copy(&HANDLERS) } else { owner }
    }

    /// The department asked once: late where that is its habit, sometimes answered by another one first, or never.
    fn request(&mut self, opened: Seconds, to: &'static str) -> Option<Request> {
        if to == FIRST_HOLDER || !self.dice.chance(700) {
            return None;
        }
        let asked = opened + self.dice.between(8, 40) * MINUTE;
        let allowed = self.dice.chance(250).then(|| self.dice.pick_copy(&[30, 60, 120, 240]));
        let limit = i64::from(allowed.unwrap_or(60));
        let late = self.dice.chance(if to == LATE_DEPARTMENT { 720 } else { 90 });
        let took = if late { limit + self.dice.between(5, 700) } else { self.dice.between(4, limit) };
        let mut replies = Vec::new();
        if self.dice.chance(30) {
            let other = if to == "物流" { "售后" } else { "物流" };
            replies.push((asked + self.dice.between(1, took - 1) * MINUTE, other));
        }
        if !self.dice.chance(15) {
            replies.push((asked + took * MINUTE, to));
        }
        Some(Request { asked, to, allowed, replies })
    }

    fn callback(&mut self, opened: Seconds, handler: &'static str, agent: u16) -> Promise {
        let minutes = self.dice.pick_copy(&[120, 240, 480, 1440, 2880]);
        let owner = if self.dice.chance(600) { FIRST_HOLDER } else { handler };
        let maker = PromiseMaker::Callback;
        Promise { maker, owner, made: opened + 2 * MINUTE, minutes, as_due: true, agent: Some(agent) }
    }

    /// The time line. A kept callback has its follow-up by the due time, now and then in its last minute; a missed one
    /// has neither follow-up nor solution before.
    fn steps(
        &mut self,
        opened: Seconds,
        handler: &'static str,
        request: Option<&Request>,
        callback: Option<(&Promise, bool)>,
    ) -> Vec<Step> {
        let mut line =
            Line { at: opened, steps: vec![Step { at: opened, kind: CaseStep::Opened, holder: FIRST_HOLDER }] };
        line.step(self.dice.between(3, 7), CaseStep::Assigned, handler);
        if let Some((promise, kept)) = callback {
            let due = promise.due(None);
            let late = due + self.dice.between(30, 1500) * MINUTE;
            let early = promise.made + self.dice.between(10, i64::from(promise.minutes)) * MINUTE;
            line.until(if kept { early } else { late }, CaseStep::FollowUp, handler);
        }
        let answered = request.and_then(|r| r.replies.last().map(|(at, _)| *at)).unwrap_or(line.at);
        line.at = line.at.max(answered);
        if self.dice.chance(220) {
            line.step(self.dice.between(5, 300), CaseStep::WaitingCustomer, "customer");
            line.step(self.dice.between(20, 2400), CaseStep::Resumed, handler);
        }
        if self.dice.chance(400) {
            line.step(self.dice.between(10, 900), CaseStep::FollowUp, handler);
        }
        if self.dice.chance(60) {
            return line.steps;
        }
        self.resolve(&mut line, handler);
        while line.steps.len() < 14 && self.dice.chance(80) {
            line.step(self.dice.between(60, 4000), CaseStep::Reopened, handler);
            self.resolve(&mut line, handler);
        }
        line.steps
    }

    fn resolve(&mut self, line: &mut Line, handler: &'static str) {
        line.step(self.dice.between(20, 2 * DAY / MINUTE), CaseStep::Resolved, handler);
        if self.dice.chance(700) {
            line.step(self.dice.between(30, DAY / MINUTE), CaseStep::Closed, FIRST_HOLDER);
        }
    }
}

/// A time line being drawn.
struct Line {
    at: Seconds,
    steps: Vec<Step>,
}

impl Line {
    /// The next step, `minutes` later.
    fn step(&mut self, minutes: i64, kind: CaseStep, holder: &'static str) {
        self.until(self.at + minutes.max(1) * MINUTE, kind, holder);
    }

    /// The next step at `at`, or a minute after the last where that is later.
    fn until(&mut self, at: Seconds, kind: CaseStep, holder: &'static str) {
        self.at = at.max(self.at + MINUTE);
        self.steps.push(Step { at: self.at, kind, holder });
    }
}
