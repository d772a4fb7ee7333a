//! When segments are merged.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tantivy::{
    SegmentMeta,
    indexer::{LogMergePolicy, MergeCandidate, MergePolicy},
};

/// A commit of so many records means that the flow is catching up: at the pace of live streams a flush holds far fewer.
const CATCHING_UP_RECORDS: usize = 8_192;
/// Segments that may wait for their merge. A search visits every segment, so patience has this end.
const MOST_SEGMENTS: usize = 64;

/// Whether merging waits. Merging a record costs about as much as indexing it: while records wait to become searchable, that work is
/// put off, and done afterwards in fewer passes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patience(Arc<AtomicBool>);

impl Patience {
    /// Told of every commit before it is made.
    pub(crate) fn commit(&self, records: usize) {
        self.0.store(records >= CATCHING_UP_RECORDS, Ordering::Relaxed);
    }

    /// The policy that asks this.
    pub(crate) fn policy(&self) -> Box<dyn MergePolicy> {
        Box::new(Patient { patience: self.clone(), otherwise: LogMergePolicy::default() })
    }

    fn waits(&self, segments: usize) -> bool {
        self.0.load(Ordering::Relaxed) && segments < MOST_SEGMENTS
    }
}

#[derive(Debug)]
struct Patient {
    patience: Patience,
    otherwise: LogMergePolicy,
}

impl MergePolicy for Patient {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        if self.patience.waits(segments.len()) {
            return Vec::new();
        }
        self.otherwise.compute_merge_candidates(segments)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use tantivy::{Index, IndexWriter, SegmentMeta, TantivyDocument, indexer::NoMergePolicy, schema::Schema};

    use super::*;

    fn segments(count: usize) -> Vec<SegmentMeta> {
        let index = Index::create_in_ram(Schema::builder().build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        writer.set_merge_policy(Box::new(NoMergePolicy));
        for _ in 0..count {
            writer.add_document(TantivyDocument::default()).unwrap();
            writer.commit().unwrap();
        }
        index.searchable_segment_metas().unwrap()
    }

    #[test]
    fn merging_waits_while_the_flow_catches_up_but_not_for_ever() {
        let (few, many) = (segments(MOST_SEGMENTS - 1), segments(MOST_SEGMENTS));
        for (commits, segments, is_merged) in [
            (vec![], &few, true),
            (vec![CATCHING_UP_RECORDS - 1], &few, true),
            (vec![CATCHING_UP_RECORDS], &few, false),
            (vec![CATCHING_UP_RECORDS], &many, true),
            (vec![CATCHING_UP_RECORDS, 1], &few, true),
        ] {
            let patience = Patience::default();
            commits.iter().for_each(|records| patience.commit(*records));
            let candidates = patience.policy().compute_merge_candidates(segments);
            assert_eq!(!candidates.is_empty(), is_merged, "{commits:?}, {} segments", segments.len());
        }
    }
}
