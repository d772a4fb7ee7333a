//! The run itself: hours are planned one after the other and their acts played in the order of time, so that no more is
//! held in memory than what has begun and not ended.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, VecDeque},
    sync::Arc,
};

use jiff::Timestamp;
use tingjian_schemas::Stream;

use crate::{
    capability::Capabilities,
    centre::Centre,
    chains::{Chains, Linked, Matter},
    clock::{HOUR, Seconds},
    options::{Options, OptionsError},
    plan::Planner,
    render::{self, Rendered},
    settle,
    story::{Act, Said, Story},
    summary::Summary,
    text::{Catalogue, Writer},
    truth::{ContactTruth, LedgerTruth, Outcome, Truth},
    world::{World, timestamp},
};

/// One simulated event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedEvent {
    /// Stream to send it by.
    pub stream: Stream,
    /// When it happened; the same as in `json`.
    pub occurred_at: Timestamp,
    /// The event as one JSON object, without a newline.
    pub json: String,
}

/// What a run gives, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// An event, in the order of time.
    Event(SimulatedEvent),
    /// A line of truth, as soon as nothing can change it.
    Truth(Truth),
}

/// A run: an iterator over its events and their truth. Pure: no clock, no files, no randomness but the seed's.
pub struct Simulation {
    world: Arc<World>,
    planner: Planner,
    capabilities: Capabilities,
    chains: Chains,
    summary: Summary,
    /// Start of the next hour to plan.
    hour: Seconds,
    queue: BinaryHeap<Reverse<Entry>>,
    /// Entries queued so far: ties of time are broken by it.
    queued: u64,
    /// Stories over, waiting for an event after their last moment.
    over: VecDeque<(Seconds, Arc<Story>)>,
    ready: VecDeque<Output>,
    newest: Seconds,
    /// Deliveries under each standing promise, by lane and place.
    under: Vec<Vec<u64>>,
    done: bool,
}

/// Something that will happen.
struct Entry {
    at: Seconds,
    rank: u8,
    turn: u64,
    what: What,
}

enum What {
    Standing(u16, usize),
    Story(Arc<Story>, Act),
}

impl Simulation {
    /// A run of `options`.
    ///
    /// # Errors
    /// What is wrong with the options.
    pub fn new(options: &Options) -> Result<Self, OptionsError> {
        options.check()?;
        let catalogue = Catalogue::new()?;
        let centre = Centre::new(options)?;
        let planner = Planner::new(options, &centre, &catalogue)?;
        let capabilities = Capabilities::new(centre.lanes.iter().map(|lane| &lane.name));
        let under = centre.lanes.iter().map(|lane| vec![0; lane.standing.len()]).collect();
        let world = Arc::new(World::new(options, centre, Writer { catalogue }));
        let mut run = Self {
            summary: Summary::new(options, &world),
            planner,
            capabilities,
            chains: Chains::default(),
            hour: options.start.as_second(),
            queue: BinaryHeap::new(),
            queued: 0,
            over: VecDeque::new(),
            ready: VecDeque::new(),
            newest: options.start.as_second(),
            under,
            done: false,
            world: Arc::clone(&world),
        };
        for (number, lane) in (0..).zip(&world.centre.lanes) {
            for (place, standing) in lane.standing.iter().enumerate() {
                run.push(standing.from, 0, What::Standing(number, place));
            }
        }
        Ok(run)
    }

    /// Its events alone, in the order of time.
    pub fn events(self) -> impl Iterator<Item = SimulatedEvent> {
        self.filter_map(|output| match output {
            Output::Event(event) => Some(event),
            Output::Truth(_) => None,
        })
    }

    /// The figures so far; those of the whole run once the iterator has ended.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    fn push(&mut self, at: Seconds, rank: u8, what: What) {
        self.queued += 1;
        self.queue.push(Reverse(Entry { at, rank, turn: self.queued, what }));
    }

    /// Plans the next hour and plays everything before its end.
    fn play_hour(&mut self) {
        let world = Arc::clone(&self.world);
        for story in self.planner.hour(&world.centre, self.hour) {
            let acts = story.acts();
            let settled = if story.stays_open() { Seconds::MAX } else { story.settled(&acts) };
            let story = Arc::new(story);
            for (at, act) in acts.into_iter().filter(|(at, _)| *at < world.end) {
                self.push(at, act.rank(), What::Story(Arc::clone(&story), act));
            }
            self.push(settled, Act::Close.rank(), What::Story(story, Act::Close));
        }
        self.hour += HOUR;
        while self.queue.peek().is_some_and(|Reverse(entry)| entry.at < self.hour) {
            let Some(Reverse(entry)) = self.queue.pop() else { break };
            self.play(&world, entry);
        }
    }

    fn play(&mut self, world: &World, entry: Entry) {
        let at = entry.at;
        match entry.what {
            What::Standing(lane, place) => {
                let rendered = render::standing(world, lane, place);
                self.emit(rendered, at);
            }
            What::Story(story, Act::Close) => self.over.push_back((at, story)),
            What::Story(story, Act::Contact(number)) => self.play_contact(world, &story, number, at),
            What::Story(story, act) => {
                self.measure(&story, act, at);
                self.emit(render::render(world, &story, act, at), at);
            }
        }
    }

    /// What an act changes in what lanes can do, or asks of it.
    fn measure(&mut self, story: &Story, act: Act, at: Seconds) {
        let Some(order) = &story.order else { return };
        match act {
            Act::Start => self.capabilities.start(order.lane, at, order.minutes),
            Act::Finish => self.capabilities.finish(order.lane, order.started, order.minutes),
            Act::Measure => {
                // The first to measure is the only one: a story has one time T.
                story.capability.get_or_init(|| self.capabilities.at(order.lane, at));
            }
            _ => {}
        }
    }

    fn play_contact(&mut self, world: &World, story: &Story, number: u8, at: Seconds) {
        let Some(contact) = story.contacts.get(usize::from(number)) else { return };
        let Some((rendered, text)) = render::contact(world, story, usize::from(number)) else { return };
        let chain = (contact.stream != Stream::Commendations).then(|| {
            let group = contact.causes.first().map(|cause| Matter::Group(cause.leaf().group()));
            let matter = if contact.names_order { Some(Matter::Order(story.number)) } else { group };
            self.chains.add((story.number, number), at, story.customer, matter).chain
        });
        contact.said.get_or_init(|| Said { text, chain });
        self.emit(Some(rendered), at);
    }

    fn emit(&mut self, rendered: Option<Rendered>, at: Seconds) {
        let Some(Rendered { stream, json }) = rendered else { return };
        self.newest = at;
        self.summary.event(stream, at);
        self.ready.push_back(Output::Event(SimulatedEvent { stream, occurred_at: timestamp(at), json }));
        while let Some((_, story)) = self.over.pop_front_if(|(over, _)| *over < at) {
            self.tell(&story);
        }
        while let Some(contact) = self.chains.settle(at) {
            self.tell_contact(&contact);
        }
    }

    fn tell(&mut self, story: &Story) {
        let world = Arc::clone(&self.world);
        for line in settle::tell(&world, story, self.newest) {
            if matches!(&line, Truth::Ledger(entry) if entry.order_id.is_some()) {
                self.count_standing(story);
            }
            self.summary.truth(&line);
            self.ready.push_back(Output::Truth(line));
        }
    }

    /// Remembers that a standing promise has a delivery.
    fn count_standing(&mut self, story: &Story) {
        let Some(order) = story.order.as_ref().filter(|_| story.linked_promise().is_none()) else { return };
        let place = self.world.centre.lane(order.lane).and_then(|lane| lane.standing_at(order.started));
        let counts = self.under.get_mut(usize::from(order.lane));
        if let (Some((place, _)), Some(counts)) = (place, counts)
            && let Some(count) = counts.get_mut(place)
        {
            *count += 1;
        }
    }

    fn tell_contact(&mut self, contact: &Linked) {
        self.summary.contact(contact, self.newest);
        let record_id = |(story, number): (u64, u8)| self.world.record_id(story, usize::from(number));
        let line = ContactTruth {
            record_id: record_id(contact.id),
            occurred_at: timestamp(contact.at),
            chain_id: record_id(contact.chain),
            place: contact.place,
            next_after_s: contact.next_after.and_then(|gap| u32::try_from(gap).ok()),
        };
        self.ready.push_back(Output::Truth(Truth::Contact(Box::new(line))));
    }

    /// Everything still open is told as of the newest event.
    fn finish(&mut self) {
        self.done = true;
        let world = Arc::clone(&self.world);
        let waiting: Vec<_> = self.over.drain(..).map(|(_, story)| story).collect();
        for story in waiting {
            self.tell(&story);
        }
        while let Some(Reverse(entry)) = self.queue.pop() {
            if let What::Story(story, Act::Close) = entry.what {
                self.tell(&story);
            }
        }
        while let Some(contact) = self.chains.settle(Seconds::MAX) {
            self.tell_contact(&contact);
        }
        self.tell_unused(&world);
        self.summary.close(&world, &mut self.capabilities, self.newest);
    }

    /// Standing promises under which nothing was delivered: nobody can tell.
    fn tell_unused(&mut self, world: &World) {
        for (number, lane) in (0..).zip(&world.centre.lanes) {
            let counts = self.under.get(usize::from(number)).cloned().unwrap_or_default();
            let made =
                lane.standing.iter().enumerate().zip(counts).filter(|((_, standing), _)| standing.from <= self.newest);
            for ((place, standing), _) in made.filter(|(_, count)| *count == 0) {
                let line = Truth::Ledger(Box::new(LedgerTruth {
                    promise_id: world.standing_id(number, place),
                    made_by_kind: standing.maker,
                    owner_department: standing.owner.to_owned(),
                    order_id: None,
                    case_id: None,
                    lane: Some(lane.name.clone()),
                    outcome: Outcome::Unknown,
                }));
                self.summary.truth(&line);
                self.ready.push_back(Output::Truth(line));
            }
        }
    }
}

impl Iterator for Simulation {
    type Item = Output;

    fn next(&mut self) -> Option<Output> {
        loop {
            if let Some(output) = self.ready.pop_front() {
                return Some(output);
            }
            if self.hour < self.world.end {
                self.play_hour();
            } else if !self.done {
                self.finish();
            } else {
                return None;
            }
        }
    }
}

impl Entry {
    fn key(&self) -> (Seconds, u8, u64) {
        (self.at, self.rank, self.turn)
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}
