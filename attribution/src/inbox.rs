//! Events as they come: of every id one counts.

use std::collections::{BTreeMap, btree_map::Entry};

use tingjian_schemas::{Fact, Record, Stream};

/// A sealed event.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A text, understood.
    Record(Box<Record>),
    /// A fact.
    Fact(Box<Fact>),
}

/// Ids of records are one space, those of facts one per stream.
type Id = (Option<Stream>, String);

/// Of two events with one id the greater arrival counts; whatever the order in which they come.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    held: BTreeMap<Id, (u64, Event)>,
}

impl Inbox {
    /// Takes an event that arrived at `arrival` (grows along the source).
    pub fn take(&mut self, arrival: u64, event: Event) {
        let id = match &event {
            Event::Record(record) => (None, record.head.event_id.clone()),
            Event::Fact(fact) => (Some(fact.head.stream), fact.head.event_id.clone()),
        };
        match self.held.entry(id) {
            Entry::Vacant(place) => {
                place.insert((arrival, event));
            }
            Entry::Occupied(mut place) if place.get().0 < arrival => {
                place.insert((arrival, event));
            }
            Entry::Occupied(_) => {}
        }
    }

    /// The events that count, in the order of their ids.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.held.values().map(|(_, event)| event)
    }
}
