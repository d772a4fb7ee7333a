//! The threads that build segments, from one commit to the next.

use std::{
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use tantivy::{SegmentMeta, TantivyError};

use super::segment::SegmentBuilder;
use crate::{document::RecordDocument, fields::Fields};

/// Records handed over at once, at most.
const GROUP_DOCS: usize = 256;
/// Bytes of text handed over at once, at most; but a longer text goes alone.
const GROUP_BYTES: usize = 256 << 10;
/// Groups one thread gets before the next has its turn: a small commit makes one segment, not one for every thread.
const TURN_GROUPS: usize = 8;

/// Builds the segments of one commit. Dropped, it leaves nothing but files that tantivy will clean up.
pub(crate) struct Builders {
    index: tantivy::Index,
    fields: Fields,
    threads: usize,
    memory_bytes: usize,
    /// Started when they are first needed.
    running: Vec<Builder>,
    group: Vec<RecordDocument>,
    group_bytes: usize,
    /// Groups sent so far.
    sent: usize,
}

/// One thread.
struct Builder {
    groups: SyncSender<Vec<RecordDocument>>,
    thread: JoinHandle<tantivy::Result<Vec<SegmentMeta>>>,
}

impl Builders {
    /// `memory_bytes` is the bound of all `threads` together.
    pub(crate) fn new(index: tantivy::Index, fields: Fields, threads: usize, memory_bytes: usize) -> Self {
        let threads = threads.max(1);
        Self {
            index,
            fields,
            threads,
            memory_bytes: memory_bytes / threads,
            running: Vec::new(),
            group: Vec::new(),
            group_bytes: 0,
            sent: 0,
        }
    }

    /// Takes a record; waits while the threads have enough to do.
    pub(crate) fn add(&mut self, record: RecordDocument) -> tantivy::Result<()> {
        let bytes = record.text.len() + record.words.len();
        if !self.group.is_empty() && self.group_bytes + bytes > GROUP_BYTES {
            self.send()?;
        }
        self.group_bytes += bytes;
        self.group.push(record);
        if self.group.len() >= GROUP_DOCS { self.send() } else { Ok(()) }
    }

    /// Hands what is collected to the thread whose turn it is.
    fn send(&mut self) -> tantivy::Result<()> {
        if self.group.is_empty() {
            return Ok(());
        }
        let turn = self.sent / TURN_GROUPS % self.threads;
        if turn >= self.running.len() {
            self.running.push(Builder::start(self.index.clone(), self.fields, self.memory_bytes, self.running.len())?);
        }
        let group = std::mem::replace(&mut self.group, Vec::with_capacity(GROUP_DOCS));
        self.group_bytes = 0;
        self.sent += 1;
        let builder = self.running.get(turn).ok_or_else(stopped)?;
        // The thread ends early only by an error: `finish` finds out which.
        if builder.groups.send(group).is_err() { self.finish().and(Err(stopped())) } else { Ok(()) }
    }

    /// Ends the threads. The segments are complete and synced; what follows is for the next commit.
    pub(crate) fn finish(&mut self) -> tantivy::Result<Vec<SegmentMeta>> {
        let last = if self.group.is_empty() { Ok(()) } else { self.send() };
        self.sent = 0;
        let ends: Vec<_> = self.running.drain(..).map(Builder::finish).collect();
        let mut segments = Vec::new();
        for end in ends {
            segments.extend(end?);
        }
        last.map(|()| segments)
    }
}

impl Builder {
    fn start(index: tantivy::Index, fields: Fields, memory_bytes: usize, number: usize) -> tantivy::Result<Self> {
        let (groups, queue) = sync_channel(TURN_GROUPS);
        let build = move || build(&index, fields, memory_bytes, &queue);
        let thread = thread::Builder::new().name(format!("index-build-{number}")).spawn(build)?;
        Ok(Self { groups, thread })
    }

    fn finish(self) -> tantivy::Result<Vec<SegmentMeta>> {
        drop(self.groups);
        self.thread.join().unwrap_or_else(|_| Err(stopped()))
    }
}

fn build(
    index: &tantivy::Index,
    fields: Fields,
    memory_bytes: usize,
    queue: &Receiver<Vec<RecordDocument>>,
) -> tantivy::Result<Vec<SegmentMeta>> {
    let mut segments = Vec::new();
    let mut open: Option<SegmentBuilder> = None;
    for group in queue {
        let mut builder = match open.take() {
            Some(builder) => builder,
            None => SegmentBuilder::new(index, fields)?,
        };
        for record in group {
            if builder.is_full(memory_bytes) {
                segments.push(std::mem::replace(&mut builder, SegmentBuilder::new(index, fields)?).finish()?);
            }
            builder.add(record)?;
        }
        open = Some(builder);
    }
    segments.extend(open.map(SegmentBuilder::finish).transpose()?);
    Ok(segments)
}

fn stopped() -> TantivyError {
    TantivyError::ErrorInThread("a thread that builds segments stopped".to_owned())
}
