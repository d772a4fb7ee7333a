//! `[search]`.

use serde::Deserialize;

/// What answers searches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchEngine {
    /// The embedded index.
    #[default]
    Tantivy,
    /// ClickHouse's own text index.
    Clickhouse,
}

/// `[search]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Search {
    /// What answers.
    pub engine: SearchEngine,
    /// Indexing threads.
    pub writer_threads: usize,
    /// Memory of all indexing threads, bytes.
    pub writer_memory_bytes: usize,
}

impl Default for Search {
    fn default() -> Self {
        // The other half analyses; more threads than four leave many small segments.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let writer_threads = (cores / 2).clamp(1, 4);
        Self { engine: SearchEngine::Tantivy, writer_threads, writer_memory_bytes: 160 << 20 }
    }
}
