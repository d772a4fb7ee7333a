//! A batch → what each table is asked to hold, grouped by id. Pure.

use std::collections::{BTreeMap, HashMap, hash_map};

use tingjian_schemas::{Batch, DeadLetter, Entry, Head, Item, Positions, Stream};

use crate::rows::Table;

/// What a batch asks for.
pub(super) struct Plan<'b> {
    /// Items that the positions hold already.
    pub skipped: u64,
    /// Items that could not be read.
    pub dead: Vec<Dead<'b>>,
    /// Events by table.
    pub tables: BTreeMap<Table, Vec<Group<'b>>>,
    /// Records read again, with their versions. Nothing has to be looked up for them: the row they were read from has the same
    /// key and a smaller version, and whatever came later under that key (a newer event, the void of one that moved) a greater.
    pub again: Vec<(&'b Item, u128)>,
}

/// An item that could not be read.
pub(super) struct Dead<'b> {
    pub item: &'b Item,
    pub letter: &'b DeadLetter,
    pub version: u128,
}

/// All items of a batch with the same id. Nearly always one, so the first costs no allocation.
pub(super) struct Group<'b> {
    pub id: &'b str,
    pub first: Candidate<'b>,
    pub more: Vec<Candidate<'b>>,
    /// Whether nothing of this id can be stored.
    pub is_new: bool,
}

/// One version of an event.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'b> {
    pub item: &'b Item,
    /// Milliseconds since 1970; with the id it is the key.
    pub occurred_at: i64,
    pub version: u128,
}

impl<'b> Group<'b> {
    /// Its items by version.
    pub fn candidates(&self) -> impl Iterator<Item = Candidate<'b>> {
        std::iter::once(self.first).chain(self.more.iter().copied())
    }

    fn add(&mut self, candidate: Candidate<'b>) {
        self.more.push(candidate);
        self.more.push(self.first);
        self.more.sort_by_key(|candidate| candidate.version);
        self.first = self.more.remove(0);
    }
}

impl<'b> Plan<'b> {
    /// Sorts the items of `batch` that `positions` do not hold.
    pub fn new(batch: &'b Batch, positions: &Positions) -> Self {
        let mut plan = Self { skipped: 0, dead: Vec::new(), tables: BTreeMap::new(), again: Vec::new() };
        let mut places: HashMap<(Table, &'b str), usize> = HashMap::with_capacity(batch.items.len());
        for item in &batch.items {
            if let Entry::Record(record) = &item.entry
                && item.generation > 0
            {
                plan.again.push((item, version(item, record.head.stream)));
                continue;
            }
            if positions.holds(&item.position) {
                plan.skipped += 1;
                continue;
            }
            match &item.entry {
                Entry::Record(record) => plan.add(&mut places, Table::Records, &record.head, item),
                Entry::Fact(fact) => plan.add(&mut places, Table::of_fact(&fact.body), &fact.head, item),
                Entry::Dead(letter) => plan.dead.push(Dead { item, letter, version: version(item, letter.stream) }),
            }
        }
        plan
    }

    fn add(&mut self, places: &mut HashMap<(Table, &'b str), usize>, table: Table, head: &'b Head, item: &'b Item) {
        let groups = self.tables.entry(table).or_default();
        let occurred_at = head.occurred_at.as_millisecond();
        let candidate = Candidate { item, occurred_at, version: version(item, head.stream) };
        match places.entry((table, head.event_id.as_str())) {
            hash_map::Entry::Vacant(place) => {
                place.insert(groups.len());
                let is_new = !item.maybe_repeat;
                groups.push(Group { id: &head.event_id, first: candidate, more: Vec::new(), is_new });
            }
            hash_map::Entry::Occupied(place) => {
                if let Some(group) = groups.get_mut(*place.get()) {
                    // One certain answer is enough: what was certainly not stored before the batch is not stored now.
                    group.is_new |= !item.maybe_repeat;
                    group.add(candidate);
                }
            }
        }
    }
}

/// Of two rows with the same key the greater version counts: the later arrival; of equal arrivals (two partitions) always the
/// same one of both, whoever writes last; of the same item the later analysis.
fn version(item: &Item, stream: Stream) -> u128 {
    let source = (u32::from(stream as u8) << 24) | (item.position.partition.number & 0x00ff_ffff);
    (u128::from(item.arrival) << 64) | (u128::from(source) << 32) | u128::from(item.generation)
}
