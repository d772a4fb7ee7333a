//! The one thread that appends: gathers what is waiting into one synced transaction.

use std::{ops::Range, sync::Arc};

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use super::{End, Incoming, JournalError, store::Store};

/// A group is closed once it holds this many bytes.
const GROUP_BYTES: usize = 8 << 20;

/// One caller's records and where to answer.
pub(super) struct Append {
    pub records: Vec<Incoming>,
    pub reply: oneshot::Sender<Result<Range<u64>, Arc<JournalError>>>,
}

pub(super) struct Writer<C> {
    store: Store,
    end: End,
    published: watch::Sender<End>,
    clock: C,
}

impl<C: Fn() -> Timestamp> Writer<C> {
    pub fn new(store: Store, end: End, published: watch::Sender<End>, clock: C) -> Self {
        Self { store, end, published, clock }
    }

    /// Runs until every sender is gone and the queue is empty.
    pub fn run(mut self, mut queue: mpsc::Receiver<Append>) {
        while let Some(first) = queue.blocking_recv() {
            let group = gather(first, &mut queue);
            self.append(group);
        }
    }

    fn append(&mut self, group: Vec<Append>) {
        let records = group.iter().flat_map(|append| &append.records);
        match self.store.append(self.end, (self.clock)(), records) {
            Ok(end) => {
                let mut first = self.end.next_offset;
                self.end = end;
                self.published.send_replace(end);
                for append in group {
                    let next = first + append.records.len() as u64;
                    // A caller that went away has its records stored all the same: it was never told otherwise.
                    let _ = append.reply.send(Ok(first..next));
                    first = next;
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                tracing::error!(%error, "journal append failed");
                for append in group {
                    let _ = append.reply.send(Err(Arc::clone(&error)));
                }
            }
        }
    }
}

fn gather(first: Append, queue: &mut mpsc::Receiver<Append>) -> Vec<Append> {
    let size = |append: &Append| append.records.iter().map(|r| r.bytes.len()).sum::<usize>();
    let mut bytes = size(&first);
    let mut group = vec![first];
    while bytes < GROUP_BYTES {
        let Ok(append) = queue.try_recv() else { break };
        bytes += size(&append);
        group.push(append);
    }
    group
}
