//! The partitions this process was given, and how far each has been read. Pure.

use std::{collections::HashMap, sync::Arc};

use tingjian_schemas::{Partition, Positions, Stream};

use super::{arrival, starts::Start};

/// One partition.
pub(super) struct Tracked {
    pub partition: Partition,
    pub phase: Phase,
    /// Arrival of the last record.
    last_arrival: u64,
    committed: u64,
}

/// How far a partition is on its way to being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Paused until the sinks have said where to start; asked with this number.
    Asking(u64),
    /// Paused until the client has gone there.
    Going(u64),
    /// Being read; the offset that comes next, or a later one.
    Reading(u64),
}

/// All partitions of this process.
#[derive(Default)]
pub(super) struct Partitions {
    given: HashMap<(Stream, i32), Tracked>,
    asked: u64,
}

impl Partitions {
    /// Takes in partitions that were given to this process.
    pub fn give(&mut self, partitions: impl IntoIterator<Item = (Stream, i32)>) {
        self.asked += 1;
        for (stream, number) in partitions {
            let partition = Partition { source: Arc::from(stream.topic()), number: number.unsigned_abs() };
            let phase = Phase::Asking(self.asked);
            let tracked = Tracked { partition, phase, last_arrival: 0, committed: 0 };
            self.given.insert((stream, number), tracked);
        }
    }

    /// Lets go of partitions; those that were there.
    pub fn take_away(&mut self, partitions: impl IntoIterator<Item = (Stream, i32)>) -> Vec<Partition> {
        partitions.into_iter().filter_map(|key| Some(self.given.remove(&key)?.partition)).collect()
    }

    /// The number of the last question and the partitions that still wait for an answer.
    pub fn asking(&self) -> (u64, Vec<Partition>) {
        let waiting = self.given.values().filter(|tracked| matches!(tracked.phase, Phase::Asking(_)));
        (self.asked, waiting.map(|tracked| tracked.partition.clone()).collect())
    }

    /// Asks again where to start with one that cannot be read where it stands.
    pub fn ask_again(&mut self, stream: Stream, number: i32) {
        self.asked += 1;
        let asked = self.asked;
        if let Some(tracked) = self.given.get_mut(&(stream, number)) {
            tracked.phase = Phase::Asking(asked);
        }
    }

    /// The sinks have said where to start, in answer to question `asked`: an earlier answer may be too old for partitions
    /// that were given since.
    pub fn answered(&mut self, asked: u64, starts: &HashMap<Partition, Start>) {
        for tracked in self.given.values_mut() {
            let Some(start) = starts.get(&tracked.partition) else { continue };
            if matches!(tracked.phase, Phase::Asking(number) if number <= asked) {
                tracked.phase = Phase::Going(start.next);
                tracked.last_arrival = tracked.last_arrival.max(start.last_arrival);
            }
        }
    }

    /// The client has gone to where this one starts.
    pub fn arrived(&mut self, stream: Stream, number: i32) {
        if let Some(tracked) = self.given.get_mut(&(stream, number))
            && let Phase::Going(next) = tracked.phase
        {
            tracked.phase = Phase::Reading(next);
        }
    }

    /// The arrival of a record that came; `None` for one that is not expected (it was fetched before the client went where
    /// it was sent, and will come again if it is wanted).
    pub fn came(&mut self, stream: Stream, number: i32, offset: u64, ms: Option<i64>) -> Option<(&Partition, u64)> {
        let tracked = self.given.get_mut(&(stream, number))?;
        match tracked.phase {
            Phase::Reading(next) if offset >= next => {
                tracked.phase = Phase::Reading(offset + 1);
                tracked.last_arrival = arrival::arrival(tracked.last_arrival, ms, offset);
                Some((&tracked.partition, tracked.last_arrival))
            }
            _ => None,
        }
    }

    /// What the group may be told: where both sinks stand, if that moved, with the last arrival read.
    pub fn take_moved(&mut self, held: &Positions) -> Vec<(&'static str, i32, u64, u64)> {
        let mut moved = Vec::new();
        for ((stream, number), tracked) in &mut self.given {
            let next = held.next(&tracked.partition);
            if matches!(tracked.phase, Phase::Reading(_)) && next > tracked.committed {
                tracked.committed = next;
                moved.push((stream.topic(), *number, next, tracked.last_arrival));
            }
        }
        moved
    }

    /// Those in a phase.
    pub fn in_phase(&self, is: impl Fn(Phase) -> bool) -> Vec<(Stream, i32, Phase)> {
        let those = self.given.iter().filter(|(_, tracked)| is(tracked.phase));
        those.map(|((stream, number), tracked)| (*stream, *number, tracked.phase)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: (Stream, i32) = (Stream::Complaints, 3);

    fn starts(next: u64) -> HashMap<Partition, Start> {
        let partition = Partition { source: "tingjian.complaints".into(), number: 3 };
        HashMap::from([(partition, Start { next, last_arrival: 0 })])
    }

    #[test]
    fn nothing_is_taken_before_the_sinks_have_spoken_nor_what_lies_before() {
        let mut partitions = Partitions::default();
        partitions.give([P]);
        assert!(partitions.came(P.0, P.1, 0, None).is_none());
        partitions.answered(1, &starts(5));
        assert!(partitions.came(P.0, P.1, 5, None).is_none(), "not yet there");
        partitions.arrived(P.0, P.1);
        assert!(partitions.came(P.0, P.1, 4, None).is_none(), "held already");
        assert!(partitions.came(P.0, P.1, 5, None).is_some());
        assert!(partitions.came(P.0, P.1, 5, None).is_none(), "twice");
        assert!(partitions.came(P.0, P.1, 9, None).is_some(), "offsets may have gaps");
    }

    #[test]
    fn an_answer_from_before_a_partition_came_back_does_not_count() {
        let mut partitions = Partitions::default();
        partitions.give([P]);
        assert_eq!(partitions.take_away([P]).len(), 1);
        partitions.give([P]);
        partitions.answered(1, &starts(5));
        assert_eq!(partitions.asking().1.len(), 1, "still asking");
        partitions.answered(2, &starts(8));
        assert_eq!(partitions.in_phase(|_| true), [(P.0, P.1, Phase::Going(8))]);
    }

    #[test]
    fn the_group_is_told_once_what_both_sinks_hold() {
        let mut partitions = Partitions::default();
        partitions.give([P]);
        partitions.answered(1, &starts(0));
        partitions.arrived(P.0, P.1);
        let mut held = Positions::default();
        assert!(partitions.take_moved(&held).is_empty());
        held.advance(&Partition { source: "tingjian.complaints".into(), number: 3 }, 7);
        assert_eq!(partitions.take_moved(&held).len(), 1);
        assert!(partitions.take_moved(&held).is_empty());
    }
}
