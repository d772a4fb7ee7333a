//! What can be set about an index.

/// Resources an index may use. All have defaults that suit two cores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexOptions {
    /// Threads that invert documents while writing.
    pub writer_threads: usize,
    /// Memory for records not yet written out, bytes, over all writer threads; a thread that has its share makes a segment.
    pub writer_memory_bytes: usize,
    /// Threads that merge segments in the background.
    pub merge_threads: usize,
    /// Threads that search; one search uses several when the index has several large segments.
    pub search_threads: usize,
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self { writer_threads: 2, writer_memory_bytes: 128 << 20, merge_threads: 1, search_threads: 2 }
    }
}
