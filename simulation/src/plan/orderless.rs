//! Stories that name no order: complaints about everything else, inquiries, suggestions, praise, noise.

use tingjian_schemas::Kind;

use super::{Desk, contact::Wish};
use crate::{
    causes::{ATTITUDE, Cause, LEAVES},
    centre::agent,
    clock::Seconds,
    story::{Clockwork, Story},
    text::Domain,
};

/// Kinds and their shares, per mille.
const KINDS: [(Kind, u32); 5] =
    [(Kind::Complaint, 745), (Kind::Inquiry, 135), (Kind::Commendation, 75), (Kind::Suggestion, 28), (Kind::Other, 17)];

impl Desk<'_> {
    pub(super) fn orderless(&mut self, mut story: Story, at: Seconds) -> Story {
        let drawn = self.dice.weighted(KINDS.iter().map(|(_, share)| *share));
        let kind = KINDS.get(drawn).map_or(Kind::Other, |(kind, _)| *kind);
        let (causes, domain) = if kind == Kind::Complaint {
            let cause = self.free_cause(at);
            let domain = self.domain_for(cause);
            (self.with_second(cause), domain)
        } else {
            (Vec::new(), self.any_domain())
        };
        let mut first = self.contact(at, Wish { kind, causes, domain, clockwork: Clockwork::Invented });
        if first.causes.first() == Some(&ATTITUDE) && self.dice.chance(350) {
            first.agent = agent::RUDE;
        }
        if kind == Kind::Commendation && self.dice.chance(300) {
            first.agent = agent::STAR;
        }
        self.follow(&mut story, first);
        story
    }

    fn free_cause(&mut self, at: Seconds) -> Cause {
        let planner = self.planner;
        let weight = |place: usize| {
            let cause = Cause(place as u8);
            planner.weight(cause, cause.leaf().free, at)
        };
        Cause(self.dice.weighted((0..LEAVES.len()).map(weight)) as u8)
    }

    fn domain_for(&mut self, cause: Cause) -> Domain {
        let spoken = self.planner.domains.get(usize::from(cause.0)).map(Vec::as_slice).unwrap_or_default();
        self.dice.pick_copy(spoken)
    }

    fn any_domain(&mut self) -> Domain {
        self.dice.pick_copy(&Domain::ALL)
    }
}
