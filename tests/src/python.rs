//! Python programs that tests run, as `scripts/fetch-python.sh` brings them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The folder of programs of `tests/NAME`.
pub fn python_programs(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let output =
        Command::new(root.join("scripts/fetch-python.sh")).args([name, "--print-path"]).output().expect("the script");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    PathBuf::from(String::from_utf8(output.stdout).expect("UTF-8").trim())
}
