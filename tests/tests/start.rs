//! A server that cannot start says why, and one that runs is not disturbed by it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{fs, net::TcpListener, path::Path};

use tingjian_tests::{Sandbox, refused_start};

fn check_refused(folder: &Path, listen: &str, words: &[&str]) {
    let said = refused_start(folder, listen);
    for word in words {
        assert!(said.contains(word), "{word:?} is missing in: {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    let below = file.join("data");
    check_refused(&below, "127.0.0.1:0", &["无法创建", &below.display().to_string()]);
    // Folders of the kernel are read-only for everybody, administrators included.
    let kernels = Path::new("/sys/kernel");
    check_refused(kernels, "127.0.0.1:0", &["不可写", "/sys/kernel"]);
}

#[test]
fn a_port_in_use_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let holder = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = holder.local_addr().expect("an address").to_string();
    check_refused(&folder.path().join("data"), &address, &["端口", &address, "--listen"]);
}

#[test]
fn a_second_server_on_the_same_folder_is_refused_and_the_first_goes_on() {
    let mut sandbox = Sandbox::start();
    check_refused(sandbox.folder(), "127.0.0.1:0", &["正被另一个", &sandbox.folder().display().to_string()]);
    sandbox.wait_ready();
    assert!(sandbox.stop().success());
}

#[test]
fn a_log_file_of_another_kind_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("journal.sqlite"), "not a journal, ".repeat(100)).expect("a file");
    check_refused(folder.path(), "127.0.0.1:0", &["journal.sqlite", "损坏"]);
}
