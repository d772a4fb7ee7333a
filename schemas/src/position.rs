//! Where in a source a record stands, and how far a sink has come.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// One ordered run of records in a source: the journal (`journal`, 0) or a Kafka topic's partition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Partition {
    /// `journal`, or the Kafka topic.
    pub source: Arc<str>,
    /// Partition number; 0 for the journal.
    pub number: u32,
}

impl Partition {
    /// The embedded journal, which has one partition.
    pub fn journal() -> Self {
        Self { source: Arc::from("journal"), number: 0 }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.source, self.number)
    }
}

/// The place of one record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Which run of records.
    pub partition: Partition,
    /// Its number in that run, counting from 0.
    pub offset: u64,
}

/// How far a reader has come: per partition the offset of the next record to take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Positions(BTreeMap<Partition, u64>);

impl Positions {
    /// The next offset wanted from `partition`; 0 where nothing was read.
    pub fn next(&self, partition: &Partition) -> u64 {
        self.0.get(partition).copied().unwrap_or(0)
    }

    /// Whether the record at `position` has been passed already.
    pub fn holds(&self, position: &Position) -> bool {
        position.offset < self.next(&position.partition)
    }

    /// Moves forward so that `next` is wanted next from `partition`. Never moves back.
    pub fn advance(&mut self, partition: &Partition, next: u64) {
        match self.0.get_mut(partition) {
            Some(held) => *held = (*held).max(next),
            None => {
                self.0.insert(partition.clone(), next);
            }
        }
    }

    /// Moves forward to all of `other`.
    pub fn advance_all(&mut self, other: &Self) {
        for (partition, next) in &other.0 {
            self.advance(partition, *next);
        }
    }

    /// Per partition the smaller of the two, over the partitions of both: what both have passed.
    pub fn least(&self, other: &Self) -> Self {
        let partitions = self.0.keys().chain(other.0.keys());
        Self(partitions.map(|p| (p.clone(), self.next(p).min(other.next(p)))).collect())
    }

    /// All partitions with the offset wanted next.
    pub fn iter(&self) -> impl Iterator<Item = (&Partition, u64)> {
        self.0.iter().map(|(p, n)| (p, *n))
    }

    /// Whether nothing was ever read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Partition, u64)> for Positions {
    fn from_iter<T: IntoIterator<Item = (Partition, u64)>>(iter: T) -> Self {
        let mut positions = Self::default();
        for (partition, next) in iter {
            positions.advance(&partition, next);
        }
        positions
    }
}

/// A list of `{source, number, next}` objects, since a JSON key cannot be a partition.
impl Serialize for Positions {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(p, next)| Held { partition: p.clone(), next: *next }))
    }
}

impl<'de> Deserialize<'de> for Positions {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let held = Vec::<Held>::deserialize(deserializer)?;
        Ok(held.into_iter().map(|h| (h.partition, h.next)).collect())
    }
}

#[derive(Serialize, Deserialize)]
struct Held {
    #[serde(flatten)]
    partition: Partition,
    next: u64,
}
