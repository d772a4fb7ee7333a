//! Finds `libchdb.so`.

use std::env;
use std::path::{Path, PathBuf};

/// The package version whose library this program is made for; also names its folder in the cache.
pub const ENGINE_VERSION: &str = "26.7.3-stable.1";

const FILE: &str = "libchdb.so";

/// The library was found nowhere.
#[derive(Debug, thiserror::Error)]
#[error(
    "找不到嵌入式 ClickHouse 引擎 libchdb.so（{ENGINE_VERSION}）；请运行 make engine 或 scripts/fetch-engine.sh。\
     The embedded ClickHouse engine libchdb.so ({ENGINE_VERSION}) is missing; run `make engine` or \
     `scripts/fetch-engine.sh`. Looked at: {}", 
    looked_at.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
)]
pub struct Missing {
    /// Every place that was tried.
    pub looked_at: Vec<PathBuf>,
}

/// The library to load. A file named by `--library` or `TINGJIAN_ENGINE_LIBRARY` is the only one tried.
///
/// # Errors
/// [`Missing`] with every place that was tried.
pub fn find(named: Option<&Path>) -> Result<PathBuf, Missing> {
    let looked_at = match named {
        Some(path) => vec![path.to_owned()],
        None => usual_places(),
    };
    match looked_at.iter().find(|path| path.is_file()) {
        Some(path) => Ok(path.clone()),
        None => Err(Missing { looked_at }),
    }
}

fn usual_places() -> Vec<PathBuf> {
    let beside = env::current_exe().ok().and_then(|program| program.parent().map(Path::to_owned));
    let cache = cache_folder().map(|cache| cache.join(format!("engine-{ENGINE_VERSION}")));
    let folders = [
        beside.clone(),
        beside.and_then(|folder| folder.parent().map(|parent| parent.join("lib/tingjian"))),
        cache,
        Some("/usr/local/lib".into()),
        Some("/usr/lib".into()),
    ];
    folders.into_iter().flatten().map(|folder| folder.join(FILE)).collect()
}

/// The same folder as in `scripts/fetch-engine.sh`.
fn cache_folder() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("TINGJIAN_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|cache| cache.join("tingjian")))
        .or_else(|| set("HOME").map(|home| home.join(".cache/tingjian")))
}
