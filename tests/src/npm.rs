//! Packages from npm that tests run, as `scripts/fetch-browser.sh` and `scripts/fetch-npm.sh` bring them; and the browser.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

fn fetched(script: &str, arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let output = Command::new(root.join("scripts").join(script)).args(arguments).output().expect("the script");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

/// The folder that holds the `node_modules` of `tests/NAME`.
pub fn npm_modules(name: &str) -> String {
    fetched("fetch-npm.sh", &[name, "--print-path"])
}

/// The folder that holds the `node_modules` of the browser tests.
pub fn browser_modules() -> String {
    fetched("fetch-browser.sh", &["--print-path"])
}

/// The browser that [`browser_modules`] has seen to.
pub fn chromium() -> PathBuf {
    let named = env::var("TINGJIAN_CHROMIUM").ok();
    let names = named.iter().map(String::as_str).chain(["chromium", "chromium-browser", "google-chrome"]);
    let paths = env::var("PATH").unwrap_or_default();
    let found = names.flat_map(|name| paths.split(':').map(move |folder| Path::new(folder).join(name)));
    found.into_iter().find(|path| path.is_file()).expect("chromium: scripts/fetch-browser.sh installs it")
}
