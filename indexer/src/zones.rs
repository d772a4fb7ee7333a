//! The earliest and latest time in every stretch of a segment, so that most records of a frequent term need not be
//! looked at: they are not among the newest, or wholly inside the span of time that is asked for.

use tantivy::{DocId, columnar::ColumnValues};

/// Records per stretch.
pub(crate) const STRETCH: u32 = 1_024;
/// Stretches that are looked at together, at most.
const MAX_TOGETHER: usize = 4;

/// The times of all stretches of a segment.
pub(crate) struct Zones(Vec<Zone>);

/// Bounds of the times of some records, both inclusive, milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Zone {
    pub(crate) earliest: i64,
    pub(crate) latest: i64,
}

impl Zone {
    /// Bounds that say nothing.
    const ANY: Self = Self { earliest: i64::MIN, latest: i64::MAX };

    fn join(self, other: Self) -> Self {
        Self { earliest: self.earliest.min(other.earliest), latest: self.latest.max(other.latest) }
    }
}

impl Zones {
    /// Reads the times of all records.
    pub(crate) fn of(times: &dyn ColumnValues<i64>) -> Self {
        let mut buffer = vec![0; STRETCH as usize];
        let stretches = (0..times.num_vals()).step_by(STRETCH as usize);
        Self(stretches.filter_map(|first| read_zone(times, first, &mut buffer)).collect())
    }

    /// All stretches: their first record, the one after their last, and their times.
    pub(crate) fn iter(&self, docs: DocId) -> impl Iterator<Item = (DocId, DocId, Zone)> + '_ {
        let starts = (0..docs).step_by(STRETCH as usize);
        starts.zip(&self.0).map(move |(first, zone)| (first, docs.min(first + STRETCH), *zone))
    }

    /// Bounds of the times of all records from `first` to `last`; wide ones where that is far.
    pub(crate) fn between(&self, first: DocId, last: DocId) -> Zone {
        let (from, to) = ((first / STRETCH) as usize, (last / STRETCH) as usize);
        if to - from >= MAX_TOGETHER {
            return Zone::ANY;
        }
        let zones = self.0.get(from..=to).unwrap_or_default();
        zones.iter().copied().reduce(Zone::join).unwrap_or(Zone::ANY)
    }
}

fn read_zone(times: &dyn ColumnValues<i64>, first: u32, buffer: &mut [i64]) -> Option<Zone> {
    let length = (times.num_vals() - first).min(STRETCH) as usize;
    let stretch = buffer.get_mut(..length)?;
    times.get_range(u64::from(first), stretch);
    Some(Zone { earliest: stretch.iter().copied().min()?, latest: stretch.iter().copied().max()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Times(Vec<i64>);

    impl ColumnValues<i64> for Times {
        fn get_val(&self, at: u32) -> i64 {
            self.0[at as usize]
        }

        fn min_value(&self) -> i64 {
            i64::MIN
        }

        fn max_value(&self) -> i64 {
            i64::MAX
        }

        fn num_vals(&self) -> u32 {
            self.0.len() as u32
        }
    }

    #[test]
    fn bound_the_times_of_stretches() {
        let times: Vec<i64> = (0..5_000).map(|at| if at == 3_000 { -7 } else { at }).collect();
        let zones = Zones::of(&Times(times));
        let all: Vec<_> =
            zones.iter(5_000).map(|(first, end, zone)| (first, end, zone.earliest, zone.latest)).collect();
        let expected = [
            (0, 1_024, 0, 1_023),
            (1_024, 2_048, 1_024, 2_047),
            (2_048, 3_072, -7, 3_071),
            (3_072, 4_096, 3_072, 4_095),
        ];
        assert_eq!(all[..4], expected);
        assert_eq!(all[4], (4_096, 5_000, 4_096, 4_999));
        assert_eq!(zones.between(5, 1_023), Zone { earliest: 0, latest: 1_023 });
        assert_eq!(zones.between(1_023, 2_048), Zone { earliest: -7, latest: 3_071 });
        assert_eq!(zones.between(0, 4_999), Zone::ANY);
    }
}
