//! What is said about a complaint afterwards: judgements, appeals against them, corrections of labels.

use std::sync::OnceLock;

use tingjian_schemas::Kind;

use super::Desk;
use crate::{
    clock::{DAY, HOUR, MINUTE, Seconds, to_minute},
    story::{Ruling, Story},
};

/// Of 1000 complaints, those judged.
const JUDGED: u32 = 60;
/// Of 1000 records, those whose label an analyst corrects.
const CORRECTED: u32 = 12;
/// Judges, and of 1000 of their judgements those that name the department the facts name. One of them is seldom fair.
const JUDGES: [(&str, u32); 3] = [("质检王芳", 880), ("质检李强", 850), (UNFAIR_JUDGE, 400)];
/// The judge whose judgements are overturned most.
pub(crate) const UNFAIR_JUDGE: &str = "质检周涛";
/// Who hears appeals.
const ARBITER: (&str, u32) = ("仲裁陈静", 950);
/// Who is blamed where nobody looks: the front line.
const SCAPEGOATS: [&str; 3] = ["客服班组", "客服班组", "末端配送"];

impl Desk<'_> {
    pub(super) fn rulings(&mut self, story: &mut Story) {
        let spoken: Vec<(u8, Seconds, bool)> =
            (0..).zip(&story.contacts).map(|(n, c)| (n, c.at, c.kind == Kind::Complaint)).collect();
        for (contact, at, complaint) in spoken {
            if complaint && self.dice.chance(JUDGED) {
                self.judge(story, contact, at);
            }
            if self.dice.chance(CORRECTED) {
                let at = self.later(at);
                story.rulings.push(Ruling::Correction { at, contact, by: "质检李强" });
            }
        }
    }

    fn judge(&mut self, story: &mut Story, contact: u8, at: Seconds) {
        let (judge, fairness) = self.dice.pick(&JUDGES).copied().unwrap_or(ARBITER);
        let fair = self.dice.chance(fairness);
        let scapegoat = self.dice.pick_copy(&SCAPEGOATS);
        let judged = self.later(at);
        let given = OnceLock::new();
        story.rulings.push(Ruling::Judgement { at: judged, contact, fair, scapegoat, judge, appeal: None, given });
        if !self.dice.chance(if fair { 90 } else { 620 }) {
            return;
        }
        let (of, appealed) = (story.rulings.len() as u8 - 1, self.later(judged));
        story.rulings.push(Ruling::Appeal { at: appealed, contact, of });
        if self.dice.chance(100) {
            return;
        }
        let (judge, fairness) = ARBITER;
        let (at, fair) = (self.later(appealed), self.dice.chance(fairness));
        let (appeal, given) = (Some(of + 1), OnceLock::new());
        story.rulings.push(Ruling::Judgement { at, contact, fair, scapegoat, judge, appeal, given });
    }

    /// Some hours to three days after, on a whole minute.
    fn later(&mut self, at: Seconds) -> Seconds {
        to_minute(at + self.dice.between(3 * HOUR, 3 * DAY)) + MINUTE
    }
}
