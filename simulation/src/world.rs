//! What everything in a run can look up, and the ids of its events.

use jiff::Timestamp;

use crate::{centre::Centre, clock::Seconds, identity, options::Options, story::Story, text::Writer};

/// One run's constants.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) end: Seconds,
    pub(crate) centre: Centre,
    pub(crate) writer: Writer,
}

impl World {
    pub(crate) fn new(options: &Options, centre: Centre, writer: Writer) -> Self {
        Self { seed: options.seed, end: options.end(), centre, writer }
    }

    /// Id of an event of a story: `tag` says of which kind.
    pub(crate) fn event_id(&self, story: u64, tag: &str, number: usize) -> String {
        format!("sim{}-{story}-{tag}{number}", self.seed)
    }

    pub(crate) fn record_id(&self, story: u64, contact: usize) -> String {
        self.event_id(story, "r", contact)
    }

    pub(crate) fn promise_id(&self, story: &Story, place: usize) -> String {
        self.event_id(story.number, "p", place)
    }

    pub(crate) fn standing_id(&self, lane: u16, place: usize) -> String {
        format!("sim{}-standing-{lane}-{place}", self.seed)
    }

    /// The order number of a story, dated by its delivery.
    pub(crate) fn order_id(&self, story: &Story) -> Option<String> {
        story.order.as_ref().map(|order| identity::order_id(self.seed, story.number, order.started))
    }

    pub(crate) fn case_id(&self, story: &Story) -> Option<String> {
        story.case.as_ref().map(|_| identity::case_id(self.seed, story.number))
    }
}

/// A second as the product's own type of time; 1970 where it has none for it.
pub(crate) fn timestamp(at: Seconds) -> Timestamp {
    Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH)
}
