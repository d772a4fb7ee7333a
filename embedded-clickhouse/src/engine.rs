//! Starts the engine: its configuration, and what every connection begins with.

use std::ffi::CString;
use std::sync::Arc;

use crate::args::EngineArgs;
use crate::folder::{Folder, FolderError};

/// Server settings. Given explicitly because libchdb otherwise reads any `config.xml` in the working folder.
const CONFIG: &str = include_str!("engine.xml");
const CONFIG_FILE: &str = "engine.xml";

/// Each of the caches in [`CONFIG`] may take this part of the memory.
const CACHE_PART: u64 = 32;

/// One query may take this much of the memory, in percent.
const QUERY_PERCENT: u64 = 70;

/// A query's aggregation or sort goes to disk from here on, in percent of the memory.
const SPILL_PERCENT: u64 = 20;

/// A query gets a second thread while this part of the memory is free.
const THREAD_PART: u64 = 8;

/// An insert up to this size becomes one block, and so is stored whole or not at all (per partition).
const INSERT_BLOCK_BYTES: u64 = 64 << 20;

/// What nearly every request asks for: connections begin with it, so that such a request needs no `SET` and no fresh connection after
/// it, which would take a third of a short question's time. A request may still ask for something else.
pub const SETTINGS: [(&str, &str); 4] = [
    ("async_insert", "0"),
    ("optimize_on_insert", "0"),
    ("do_not_merge_across_partitions_select_final", "1"),
    ("use_skip_indexes_if_final_exact_mode", "1"),
];

/// Settings of libchdb's allocator (jemalloc), which reads them from the environment when it is loaded. Freed memory goes
/// back to the system after 0.2 s instead of 5: the process otherwise holds twice what the engine counts.
pub const ALLOCATOR_VARIABLE: &str = "JE_MALLOC_CONF";
/// See [`ALLOCATOR_VARIABLE`].
pub const ALLOCATOR_SETTINGS: &str = "dirty_decay_ms:200";

/// Writes the configuration and lists the arguments of every connection.
///
/// # Errors
/// [`FolderError::Unusable`].
pub fn arguments(args: &EngineArgs, folder: &Folder) -> Result<Arc<[CString]>, FolderError> {
    let memory = args.memory_bytes;
    let config = CONFIG.replace("{memory}", &memory.to_string()).replace("{cache}", &(memory / CACHE_PART).to_string());
    let config_file = folder.write(CONFIG_FILE, &config)?;
    let spill = memory * SPILL_PERCENT / 100;
    let list = [
        "chdb".to_owned(),
        format!("--path={}", folder.path.display()),
        format!("--config-file={}", config_file.display()),
        "--max_threads=2".to_owned(),
        // By default a query gets one thread for each free GiB.
        format!("--max_threads_min_free_memory_per_thread={}", memory / THREAD_PART),
        format!("--max_insert_threads_min_free_memory_per_thread={}", memory / THREAD_PART),
        "--session_timezone=UTC".to_owned(),
        format!("--max_memory_usage={}", memory * QUERY_PERCENT / 100),
        format!("--max_bytes_before_external_group_by={spill}"),
        format!("--max_bytes_before_external_sort={spill}"),
        format!("--min_insert_block_size_bytes={INSERT_BLOCK_BYTES}"),
    ];
    let inner_nul = |_| FolderError::Unusable {
        path: folder.path.clone(),
        error: std::io::Error::other("its name contains a NUL byte"),
    };
    let settings = SETTINGS.map(|(name, value)| format!("--{name}={value}"));
    list.into_iter().chain(settings).map(|argument| CString::new(argument).map_err(inner_nul)).collect()
}
