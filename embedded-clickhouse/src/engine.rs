//! Starts the engine: its configuration, and what every connection begins with.

use std::ffi::CString;
use std::sync::Arc;

use crate::args::EngineArgs;
use crate::folder::{Folder, FolderError};

/// Server settings. Given explicitly because libchdb otherwise reads any `config.xml` in the working folder.
const CONFIG: &str = include_str!("engine.xml");
const CONFIG_FILE: &str = "engine.xml";

/// Parts of the memory limit.
const MARK_CACHE_PART: u64 = 16;
const QUERY_PART_PERCENT: u64 = 70;
const SPILL_PART_PERCENT: u64 = 20;

/// Writes the configuration and lists the arguments of every connection.
///
/// # Errors
/// [`FolderError::Unusable`].
pub fn arguments(args: &EngineArgs, folder: &Folder) -> Result<Arc<[CString]>, FolderError> {
    let memory = args.memory_bytes;
    let config = CONFIG
        .replace("{memory}", &memory.to_string())
        .replace("{mark_cache}", &(memory / MARK_CACHE_PART).to_string());
    let config_file = folder.write(CONFIG_FILE, &config)?;
    let spill = memory * SPILL_PART_PERCENT / 100;
    let list = [
        "chdb".to_owned(),
        format!("--path={}", folder.path.display()),
        format!("--config-file={}", config_file.display()),
        "--max_threads=2".to_owned(),
        "--session_timezone=UTC".to_owned(),
        format!("--max_memory_usage={}", memory * QUERY_PART_PERCENT / 100),
        format!("--max_bytes_before_external_group_by={spill}"),
        format!("--max_bytes_before_external_sort={spill}"),
    ];
    let inner_nul = |_| FolderError::Unusable {
        path: folder.path.clone(),
        error: std::io::Error::other("its name contains a NUL byte"),
    };
    list.into_iter().map(|argument| CString::new(argument).map_err(inner_nul)).collect()
}
