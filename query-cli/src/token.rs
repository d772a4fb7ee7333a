//! Where the token comes from.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{args::Global, client, failure::Failure, local};

/// The token for `base`: as the arguments give it, else the environment, else the administrator's own token where the
/// server runs on this very machine.
///
/// # Errors
/// A token file that was named and cannot be read.
pub fn find(global: &Global, base: &str) -> Result<Option<String>, Failure> {
    let stated = match (&global.token, &global.token_file) {
        (Some(token), _) => Some(token.clone()),
        (None, Some(path)) => Some(named_file(path)?),
        (None, None) => from_environment()?,
    };
    // An administrator's token is never sent to another machine unasked.
    let found =
        stated.or_else(|| client::is_local(base).then(data_dir).and_then(|d| read(&d.join("admin.token")).ok()));
    Ok(found.map(|token| token.trim().to_owned()).filter(|token| !token.is_empty()))
}

fn from_environment() -> Result<Option<String>, Failure> {
    match (env::var("TINGJIAN_TOKEN"), env::var_os("TINGJIAN_TOKEN_FILE")) {
        (Ok(token), _) if !token.trim().is_empty() => Ok(Some(token)),
        (_, Some(path)) if !path.is_empty() => named_file(Path::new(&path)).map(Some),
        _ => Ok(None),
    }
}

fn named_file(path: &Path) -> Result<String, Failure> {
    read(path).map_err(|e| local("读不了令牌文件", path, &e))
}

/// Where a server started from here keeps its data, unless told otherwise.
fn data_dir() -> PathBuf {
    let named = ["TINGJIAN_SERVER_DATA_DIR", "TINGJIAN_DATA_DIR"].into_iter().find_map(env::var_os);
    named.map_or_else(|| PathBuf::from("data"), PathBuf::from)
}

fn read(path: &Path) -> std::io::Result<String> {
    fs::read_to_string(path)
}
